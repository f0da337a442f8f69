import { z } from "zod";
import { harmless, shorten } from "../harmless.ts";
import { fact } from "../timeline/event.ts";
import type { Scope } from "../timeline/scope.ts";
import { dimensionsIn, fillIn, sayArgv } from "./argv.ts";
import type { Action, Context } from "./context.ts";
import type { Step, StepKind } from "./step.ts";

/** Name of a project action, or the command itself. */
type RunBody = string | { command: [string, ...string[]]; irreversible: boolean };

const mayTakeMs = 10 * 60_000;
const countMayTakeMs = 20_000;

export const run: StepKind<RunBody> = {
  kind: "run",
  summary: "runs a project action or a program: shown, counted, confirmed, recorded",
  schema: z.union([
    z.string().min(1),
    z.strictObject({ command: z.tuple([z.string().min(1)], z.string()), irreversible: z.boolean().default(false) }),
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
    for (const dimension of dimensionsIn([...action.command, ...(action.count ?? [])]))
      if (scope[dimension] === undefined) scope = { ...scope, [dimension]: await context.pick(dimension, []) };
    const argv = fillIn(action.command, scope);
    context.say(`  ${sayArgv(argv)}`, ...(await sayCount(action, scope, context)));
    if (!(await agreed(step, action, context))) {
      yield fact("declined", { what: `run ${name}`, why: "not confirmed" });
      return "declined";
    }
    const ran = { action: name, argv, irreversible: action.irreversible };
    yield fact("ran", { ...ran, code: null, output: "", phase: "intended" });
    const { code, stdout, stderr, failed } = await context.world.exec(argv, { ...cwdOf(action), timeoutMs: mayTakeMs });
    const all = [stdout, stderr, failed ?? ""]
      .map((text) => text.trim())
      .filter((text) => text !== "")
      .join("\n");
    // hidden while it is whole: the rest of a secret that is cut off at its beginning is not known again
    const output = context.world.secrets.hide(all);
    yield fact("ran", { ...ran, code: code ?? null, output: harmless(output, true).slice(-4000), phase: "done" });
    if (code === 0) return "done";
    context.say(
      `  It ended with ${code === undefined ? harmless(failed ?? "no exit code") : `exit code ${code}`}. What it did until then is not known.`,
    );
    return "failed";
  },
};

function actionOf(body: RunBody, { actions }: Context): Action | undefined {
  if (typeof body !== "string") return body;
  return Object.hasOwn(actions, body) ? actions[body] : undefined;
}

async function sayCount(action: Action, scope: Scope, { world }: Context): Promise<string[]> {
  if (action.count === undefined) return [];
  const { code, stdout, stderr, failed } = await world.exec(fillIn(action.count, scope), {
    ...cwdOf(action),
    timeoutMs: countMayTakeMs,
  });
  if (code === 0) return [`  It would touch ${shorten(stdout, 80)}.`];
  return [
    `  How much it would touch could not be counted: ${shorten(failed ?? (stderr || `exit code ${code}`), 120)}.`,
  ];
}

function cwdOf({ folder }: Action): { cwd?: string } {
  return folder === undefined ? {} : { cwd: folder };
}

async function agreed(step: Step<RunBody>, { irreversible }: Action, context: Context): Promise<boolean> {
  const key = `${context.runbook}/${step.id}`;
  const last = context.incident.events.findLast((event) => event.type === "ran" && event.step === key);
  const unfinished = last !== undefined && (last.payload as { phase: string }).phase === "intended";
  const doubt = unfinished ? " It was started before and never seen to end: look before you run it again." : "";
  const answer = await context.choose({
    question: `Run it?${irreversible ? " It cannot be undone." : ""}${doubt}`,
    choices: [
      { value: "leave", label: "Leave it" },
      { value: "run", label: irreversible ? "Run it, for good" : "Run it" },
    ],
    otherwise: "leave",
  });
  return answer === "run";
}
