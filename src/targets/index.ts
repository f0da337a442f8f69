import type { Kinds } from "../schema/oneOf.ts";
import type { TargetKind } from "./target.ts";

/** What can be changed where. One line for each kind, loaded where a project names it; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const targetKinds: Kinds<TargetKind<any>> = {
  file: async () => (await import("./file.ts")).file,
  git: async () => (await import("./git.ts")).git,
  http: async () => (await import("./http.ts")).http,
  consul: async () => (await import("./consul.ts")).consul,
  etcd: async () => (await import("./etcd.ts")).etcd,
  redis: async () => (await import("./redis.ts")).redis,
  unleash: async () => (await import("./unleash.ts")).unleash,
  kubernetes: async () => (await import("./kubernetes.ts")).kubernetes,
  litellm: async () => (await import("./litellm.ts")).litellm,
};
