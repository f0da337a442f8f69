import { z } from "zod";
import { oneOf, type Kinds, type Loaded } from "../schema/oneOf.ts";
import type { ActionKind } from "./action.ts";

/** What can be done that is no state. One line for each kind, loaded where a project names it; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const actionKinds: Kinds<ActionKind<any>> = {
  command: async () => (await import("./command.ts")).command,
  "flush-redis": async () => (await import("./flushRedis.ts")).flushRedis,
  "end-jobs": async () => (await import("./endJobs.ts")).endJobs,
  "rollout-restart": async () => (await import("./rolloutRestart.ts")).rolloutRestart,
  "rollout-undo": async () => (await import("./rolloutUndo.ts")).rolloutUndo,
};

/** `{ kind: settings }`, or a command by itself. */
// oxlint-disable-next-line typescript/no-explicit-any
export function actionSchema(loaded: Loaded<ActionKind<any>>) {
  const named = oneOf(loaded);
  const command = loaded.kinds.get("command");
  if (command === undefined) return named;
  // what looks like no command is not judged as one
  const bare = z
    .preprocess((given) => (isBare(given) ? given : undefined), command.schema)
    .transform((settings) => ({ kind: command.kind, settings: settings as unknown, of: command }));
  return z.union([bare, named]);
}

function isBare(given: unknown): boolean {
  if (typeof given !== "object" || given === null || !Object.hasOwn(given, "command")) return false;
  const { command: inner } = given as { command: unknown };
  return typeof inner !== "object" || Array.isArray(inner);
}
