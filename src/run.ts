import type { Asked } from "./commands/command.ts";
import type { ExitCode } from "./errors.ts";
import { exit, Interrupted, messageOf, UserError } from "./errors.ts";
import { harmless } from "./harmless.ts";
import { version } from "./version.ts";
import type { World } from "./world/world.ts";

/** Runs what was asked and tells a failure to people, or with `--json` as the one object on stdout. Never throws. */
export async function run(asked: Exclude<Asked, { print: string }>, world: World): Promise<ExitCode> {
  try {
    if ("problem" in asked) throw asked.problem;
    return await asked.command.run(world, asked.input);
  } catch (thrown) {
    const foreseen = thrown instanceof UserError || thrown instanceof Interrupted;
    if (asked.json) world.terminal.programs(JSON.stringify({ error: errorObject(thrown) }));
    // The stack of a bug always goes to people; what stands in the object is not repeated.
    if (!asked.json || !foreseen) world.terminal.people(await tell(thrown, world));
    return foreseen ? thrown.code : exit.failed;
  }
}

async function tell(thrown: unknown, { terminal }: World): Promise<string> {
  if (thrown instanceof Interrupted) return "Interrupted.";
  const { showBug, showProblem } = await import("./show/problem.ts");
  return (thrown instanceof UserError ? showProblem(thrown, terminal) : showBug(thrown, version, terminal)).join("\n");
}

function errorObject(thrown: unknown): Record<string, unknown> {
  if (thrown instanceof UserError) {
    return { what: thrown.what, next: thrown.next ?? null, changed: thrown.changed, code: thrown.code };
  }
  if (thrown instanceof Interrupted) return { what: "interrupted", next: null, changed: "unknown", code: thrown.code };
  return { what: `a bug: ${harmless(messageOf(thrown))}`, next: null, changed: "unknown", code: exit.failed };
}
