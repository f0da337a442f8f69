import { z } from "zod";
import { oneOf } from "../schema/oneOf.ts";
import type { ActionKind } from "./action.ts";
import { command } from "./command.ts";
import { endJobs } from "./endJobs.ts";
import { flushRedis } from "./flushRedis.ts";
import { rolloutRestart } from "./rolloutRestart.ts";
import { rolloutUndo } from "./rolloutUndo.ts";

/** What can be done that is no state, in the order of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const actionKinds: readonly ActionKind<any>[] = [command, flushRedis, endJobs, rolloutRestart, rolloutUndo];

/** A command may stand there by itself; what looks like none is not judged as one. */
const bareCommand = z
  .preprocess((given) => (isBare(given) ? given : undefined), command.schema)
  .transform((settings) => ({ kind: command.kind, settings: settings as unknown }));

/** `{ kind: settings }`, or a command by itself. */
export const actionSchema = z.union([bareCommand, oneOf(actionKinds)]);

function isBare(given: unknown): boolean {
  if (typeof given !== "object" || given === null || !Object.hasOwn(given, "command")) return false;
  const { command: inner } = given as { command: unknown };
  return typeof inner !== "object" || Array.isArray(inner);
}
