import { pushgateway } from "./pushgateway.ts";
import type { SinkKind } from "./sink.ts";

/** Where our own metrics can go. One line for each kind; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const sinkKinds: readonly SinkKind<any>[] = [pushgateway];
