import type { Asked } from "./commands/command.ts";
import type { ExitCode } from "./errors.ts";
import { exit, Interrupted, messageOf, UserError } from "./errors.ts";
import { harmless, harmlessJson } from "./harmless.ts";
import { version } from "./version.ts";
import type { World } from "./world/world.ts";

/** Runs what was asked and tells a failure to people, or with `--json` as the one object on stdout. Never throws. */
export async function run(asked: Exclude<Asked, { print: string }>, world: World): Promise<ExitCode> {
  const code = await carryOut(asked, world);
  for (const work of world.afterwards.splice(0)) await work().catch(() => {});
  return code;
}

async function carryOut(asked: Exclude<Asked, { print: string }>, world: World): Promise<ExitCode> {
  try {
    if ("problem" in asked) throw asked.problem;
    return await asked.command.run(world, asked.input);
  } catch (thrown) {
    const foreseen = thrown instanceof UserError || thrown instanceof Interrupted;
    if (asked.json) world.terminal.programs(harmlessJson({ error: errorObject(thrown) }));
    // The stack of a bug always goes to people; what stands in the object is not repeated.
    if (!asked.json || !foreseen) await tellFailure(thrown, world);
    return foreseen ? thrown.code : exit.failed;
  }
}

async function tellFailure(thrown: unknown, { terminal, secrets: { hide } }: World): Promise<void> {
  const { tell } = await import("./show/tell.ts");
  // what was changed has been told by who changed it
  if (thrown instanceof Interrupted)
    return tell(terminal, `Interrupted.${thrown.changed === "no" ? " It changed nothing in production." : ""}`);
  const { showBug, showProblem } = await import("./show/problem.ts");
  const problem =
    thrown instanceof UserError ? showProblem(thrown, terminal, hide) : showBug(thrown, version, terminal, hide);
  tell(terminal, ...problem);
}

/** What went wrong, for programs. */
export function errorObject(thrown: unknown): Record<string, unknown> {
  if (thrown instanceof UserError) {
    const { what, details, next = null, changed, code } = thrown;
    return { what, ...(details.length > 0 && { details }), next, changed, code };
  }
  if (thrown instanceof Interrupted) {
    const { changed, code } = thrown;
    return { what: "interrupted", next: changed === "no" ? null : "llmops mitigation list", changed, code };
  }
  return { what: `a bug: ${harmless(messageOf(thrown))}`, next: null, changed: "unknown", code: exit.failed };
}
