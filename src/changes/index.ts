import type { Kinds } from "../schema/oneOf.ts";
import type { ChangeKind } from "./change.ts";

/** Where it stands who changed what. One line for each kind, loaded where a project names it; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const changeKinds: Kinds<ChangeKind<any>> = {
  git: async () => (await import("./git.ts")).git,
  kubernetes: async () => (await import("./kubernetes.ts")).kubernetes,
  unleash: async () => (await import("./unleash.ts")).unleash,
  langfuse: async () => (await import("./langfuse.ts")).langfuse,
  grafana: async () => (await import("./grafana.ts")).grafana,
  file: async () => (await import("./file.ts")).file,
};
