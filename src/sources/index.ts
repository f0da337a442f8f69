import { calls } from "./calls.ts";
import { prometheus } from "./prometheus.ts";
import type { SourceKind } from "./source.ts";

/** Where we can read. One line for each kind; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const sourceKinds: SourceKind<any>[] = [prometheus, calls];
