import { exit, messageOf, UserError, Interrupted } from "../errors.ts";
import { stepKinds } from "../steps/index.ts";
import type { Continue, settling, Step } from "../steps/step.ts";
import { fact, type Fact } from "../timeline/event.ts";
import { contextOf } from "./context.ts";
import type { Desk } from "./desk.ts";
import { Leave } from "./person.ts";

/** How a step ended; `error` is what made it fail. */
export interface Ended {
  outcome: string | typeof settling | Continue;
  error?: UserError;
}

/**
 * Runs one step: each fact it yields is durable before it goes on. What goes wrong inside, even a bug of ours, fails only
 * the step. Leaving and interrupting pass through.
 */
export async function runStep(desk: Desk, runbook: string, step: Step): Promise<Ended> {
  const kind = stepKinds.find((k) => k.kind === step.kind)!;
  const context = contextOf(desk, { runbook, step: step.id, title: step.title });
  const key = runbook === "" ? undefined : `${runbook}/${step.id}`;
  return drain(kind.run(step, context), desk, key);
}

/** Carries out the facts of a generator; the same for a step of a runbook and for one asked for in between. */
export async function drain(
  facts: AsyncGenerator<Fact, Ended["outcome"], void>,
  desk: Desk,
  key: string | undefined,
): Promise<Ended> {
  try {
    for (;;) {
      const next = await facts.next();
      if (next.done === true) return { outcome: next.value };
      const { type, payload, step } = next.value;
      await desk.recorder.record(fact(type, payload, step ?? key));
    }
  } catch (thrown) {
    if (thrown instanceof Leave || thrown instanceof Interrupted) throw thrown;
    // what nobody was there to answer is not a failure of the step: it is asked again on resume
    if (thrown instanceof UserError && thrown.code === exit.refused) throw thrown;
    if (thrown instanceof UserError) return { outcome: "failed", error: thrown };
    const what = `A defect of this program failed the step: ${messageOf(thrown)}`;
    return {
      outcome: "failed",
      error: new UserError({ what, changed: "unknown", next: "go on; the walk is not lost" }),
    };
  }
}
