import type { Kinds } from "../schema/oneOf.ts";
import type { SinkKind } from "./sink.ts";

/** Where our own metrics can go. One line for each kind, loaded where a project names it; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const sinkKinds: Kinds<SinkKind<any>> = {
  pushgateway: async () => (await import("./pushgateway.ts")).pushgateway,
};
