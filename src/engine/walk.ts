import { UserError } from "../errors.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { settling, type Step } from "../steps/step.ts";
import { settlingChanges } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";
import { contextOf, waitUntilSettled } from "./context.ts";
import type { Desk } from "./desk.ts";
import { Leave } from "./person.ts";
import { runStep } from "./runStep.ts";

/**
 * Walks from where the incident stands to the end of its runbook, and of those it continues with. A step that has an
 * outcome is not walked again, so that starting, resuming and going back are the same.
 */
export async function walk(desk: Desk): Promise<void> {
  const { recorder, world } = desk;
  let runbook = runbookOf(desk, recorder.incident.runbook);
  let readAt = 0;
  while (runbook !== undefined) {
    await desk.gather(runbook, "first");
    readAt = world.clock.monotonic();
    const next = await walkRunbook(desk, runbook);
    if (next === undefined) break;
    runbook = next;
  }
  for (const { step } of settlingChanges(recorder.incident)) if (step !== undefined) await waitUntilSettled(desk, step);
  const isOld = world.clock.monotonic() - readAt >= desk.project.windowMs / 5;
  if (runbook !== undefined && isOld) await desk.gather(runbook, "last");
}

async function walkRunbook(desk: Desk, runbook: Runbook): Promise<Runbook | undefined> {
  const outcome = (step: Step) => desk.recorder.incident.outcomes.get(`${runbook.id}/${step.id}`);
  const shown: number[] = [];
  let again = false;
  for (let at = 0; at < runbook.steps.length; at++) {
    const step = runbook.steps[at]!;
    const context = contextOf(desk, { runbook: runbook.id, step: step.id, title: step.title });
    if (!again && (outcome(step) !== undefined || isSettling(desk, runbook, step))) continue;
    if (!again && step.when !== undefined && !(await context.holds(step.when))) continue;
    again = false;
    try {
      const next = await walkStep(desk, runbook, step);
      shown.push(at);
      if (next !== undefined) return next;
    } catch (thrown) {
      if (!(thrown instanceof Leave)) throw thrown;
      if (thrown.to === "skip") {
        await desk.recorder.record(fact("skipped", { reason: thrown.reason }, `${runbook.id}/${step.id}`));
      } else {
        at = (shown.pop() ?? at) - 1;
        again = true;
      }
    }
  }
  return undefined;
}

async function walkStep(desk: Desk, runbook: Runbook, step: Step): Promise<Runbook | undefined> {
  const key = `${runbook.id}/${step.id}`;
  for (;;) {
    await desk.recorder.record(fact("step-started", { runbook: runbook.id, kind: step.kind, title: step.title }, key));
    const { outcome, error } = await runStep(desk, runbook.id, step);
    if (outcome === settling) {
      await waitUntilSettled(desk, key);
      return undefined;
    }
    if (typeof outcome === "object") {
      await desk.recorder.record(fact("step-ended", { outcome: "continued", why: outcome.continue }, key));
      return runbookOf(desk, outcome.continue);
    }
    if (error !== undefined) desk.tellProblem(error);
    if (outcome === "failed" && (await desk.person.again(step.id))) continue;
    const ended = { outcome, ...(error === undefined ? {} : { why: error.what }) };
    await desk.recorder.record(fact("step-ended", ended, key));
    return undefined;
  }
}

function isSettling(desk: Desk, runbook: Runbook, step: Step): boolean {
  return settlingChanges(desk.recorder.incident).some((tracked) => tracked.step === `${runbook.id}/${step.id}`);
}

function runbookOf(desk: Desk, id: string | undefined): Runbook | undefined {
  if (id === undefined) return undefined;
  const runbook = desk.runbooks.get(id);
  if (runbook === undefined)
    throw new UserError({ what: `The incident did not pin the runbook ${id}.`, next: "llmops runbook lint" });
  return runbook;
}
