import { calls } from "./calls.ts";
import { http } from "./http.ts";
import { langfuse } from "./langfuse.ts";
import { loki } from "./loki.ts";
import { prometheus } from "./prometheus.ts";
import type { SourceKind } from "./source.ts";
import { victorialogs } from "./victorialogs.ts";

/** Where we can read. One line for each kind; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const sourceKinds: SourceKind<any>[] = [prometheus, loki, victorialogs, calls, langfuse, http];
