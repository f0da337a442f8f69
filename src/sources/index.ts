import type { Kinds } from "../schema/oneOf.ts";
import type { SourceKind } from "./source.ts";

/** Where we can read. One line for each kind, loaded where a project names it; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const sourceKinds: Kinds<SourceKind<any>> = {
  prometheus: async () => (await import("./prometheus.ts")).prometheus,
  loki: async () => (await import("./loki.ts")).loki,
  victorialogs: async () => (await import("./victorialogs.ts")).victorialogs,
  calls: async () => (await import("./calls.ts")).calls,
  langfuse: async () => (await import("./langfuse.ts")).langfuse,
  http: async () => (await import("./http.ts")).http,
};
