import { z } from "zod";
import { harmless, shorten } from "../harmless.ts";
import type { Scope } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";
import type { Action, ActionKind, Ended } from "./action.ts";
import { argvSchema, dimensionsIn, fillIn } from "./argv.ts";

const settings = z.strictObject({
  command: argvSchema,
  /** prints how many things it would touch, and changes nothing */
  count: argvSchema.optional(),
  irreversible: z.boolean().default(false),
});
type Settings = z.output<typeof settings>;

const mayTakeMs = 10 * 60_000;
const countMayTakeMs = 20_000;

export const command: ActionKind<Settings> = {
  kind: "command",
  summary: "a program of yours, without a shell; another one may count what it would touch",
  schema: settings,
  example: 'command: [./end-jobs.sh, "{route}"]\ncount: [./count-jobs.sh, "{route}"]\nirreversible: true\n',
  open,
};

function open(set: Settings, world: World, folder: string): Action {
  return {
    irreversible: set.irreversible,
    needs: dimensionsIn([...set.command, ...(set.count ?? [])]),
    async count(scope) {
      const filled = fillIn(set.command, scope);
      return {
        argv: filled,
        count: undefined,
        says: await sayCount(set, scope, world, folder),
        question: "Run it?",
        run: () => runIt(filled, world, folder),
      };
    },
  };
}

async function sayCount({ count }: Settings, scope: Scope, world: World, cwd: string): Promise<string[]> {
  if (count === undefined) return [];
  const { code, stdout, stderr, failed } = await world.exec(fillIn(count, scope), { cwd, timeoutMs: countMayTakeMs });
  if (code === 0) return [`It would touch ${shorten(stdout, 80)}.`];
  return [`How much it would touch could not be counted: ${shorten(failed ?? (stderr || `exit code ${code}`), 120)}.`];
}

async function runIt(filled: [string, ...string[]], world: World, cwd: string): Promise<Ended> {
  const { code, stdout, stderr, failed } = await world.exec(filled, { cwd, timeoutMs: mayTakeMs });
  const output = [stdout, stderr, failed ?? ""]
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .join("\n");
  if (code === 0) return { done: "", output };
  const ended = code === undefined ? harmless(failed ?? "no exit code") : `exit code ${code}`;
  const why = `It ended with ${ended}. What it did until then is not known.`;
  return code === undefined ? { unknown: why, output } : { failed: why, code, output };
}
