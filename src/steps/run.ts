import { z } from "zod";
import type { Action, Counted, Ended } from "../actions/action.ts";
import { argvSchema, sayArgv } from "../actions/argv.ts";
import { command } from "../actions/command.ts";
import { harmless } from "../harmless.ts";
import { fact } from "../timeline/event.ts";
import type { Context } from "./context.ts";
import type { Step, StepKind } from "./step.ts";

/** Name of a project action, or the command itself. */
type RunBody = string | { command: [string, ...string[]]; irreversible: boolean };

export const run: StepKind<RunBody> = {
  kind: "run",
  summary: "runs a project action or a program: shown, counted, confirmed, recorded",
  schema: z.union([
    z.string().min(1),
    z.strictObject({ command: argvSchema, irreversible: z.boolean().default(false) }),
  ]),
  example: `
id: jobs
title: End runaway agent jobs
when: { cause: loop }
run: terminate-agent-jobs
`,
  outcomes: () => ["done", "failed", "declined", "not-offered"],
  async *run(step, context) {
    const name = typeof step.body === "string" ? step.body : step.id;
    const action = actionOf(step.body, context);
    if (action === undefined) {
      context.say(`The project has no action ${JSON.stringify(name)}. By hand: ${harmless(step.title)}.`);
      return "not-offered";
    }
    let { scope } = context;
    for (const dimension of action.needs)
      if (scope[dimension] === undefined) scope = { ...scope, [dimension]: await context.pick(dimension, []) };
    const counted = await action.count(scope);
    if ("error" in counted) {
      context.say(`  ${counted.error}. Nothing was run.`, `  Next: ${counted.next}.`);
      return "failed";
    }
    const { argv } = counted;
    context.say(...[sayArgv(argv), ...counted.says].map((line) => `  ${line}`));
    if (counted.count === 0) {
      context.say("  There is nothing to do: nothing was run.");
      return "done";
    }
    if (!(await agreed(step, action, counted, context))) {
      yield fact("declined", { what: `run ${name}`, why: "not confirmed" });
      return "declined";
    }
    const ran = { action: name, argv, irreversible: action.irreversible };
    yield fact("ran", { ...ran, code: null, output: "", phase: "intended" });
    const ended = await counted.run();
    const said = sayEnded(ended);
    // hidden while it is whole: the rest of a secret that is cut off at its beginning is not known again
    const output = harmless(context.world.secrets.hide(ended.output ?? said), true).slice(-4000);
    yield fact("ran", { ...ran, code: codeOf(ended), output, phase: "done" });
    if (said !== "") context.say(`  ${said}`);
    return "done" in ended ? "done" : "failed";
  },
};

function actionOf(body: RunBody, { actions, world }: Context): Action | undefined {
  if (typeof body !== "string") return command.open({ ...body, count: undefined }, world, world.cwd);
  return Object.hasOwn(actions, body) ? actions[body] : undefined;
}

function sayEnded(ended: Ended): string {
  if ("done" in ended) return ended.done;
  return "failed" in ended ? ended.failed : ended.unknown;
}

/** As a program's exit code: 0 is done, none is unknown. */
function codeOf(ended: Ended): number | null {
  if ("done" in ended) return 0;
  return "failed" in ended ? (ended.code ?? 1) : null;
}

async function agreed(
  step: Step<RunBody>,
  { irreversible }: Action,
  { question }: Counted,
  context: Context,
): Promise<boolean> {
  const key = `${context.runbook}/${step.id}`;
  const last = context.incident.events.findLast((event) => event.type === "ran" && event.step === key);
  const unfinished = last !== undefined && (last.payload as { phase: string }).phase === "intended";
  const doubt = unfinished ? " It was started before and never seen to end: look before you run it again." : "";
  const answer = await context.choose({
    question: `${question}${irreversible ? " It cannot be undone." : ""}${doubt}`,
    choices: [
      { value: "leave", label: "Leave it" },
      { value: "run", label: irreversible ? "Run it, for good" : "Run it" },
    ],
    otherwise: "leave",
  });
  return answer === "run";
}
