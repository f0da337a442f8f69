import { exit, messageOf, UserError, Interrupted } from "../errors.ts";
import { stepKinds } from "../steps/index.ts";
import type { Continue, Said, settling, Step } from "../steps/step.ts";
import { fact, type Fact } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { contextOf } from "./context.ts";
import type { Desk } from "./desk.ts";
import { Leave } from "./person.ts";

/** How a step ended; `error` is what made it fail. */
export interface Ended {
  outcome: string | typeof settling | Continue;
  error?: UserError;
  /** what it put on the timeline */
  said: Fact[];
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
  facts: AsyncGenerator<Said, Ended["outcome"], void>,
  desk: Desk,
  key: string | undefined,
): Promise<Ended> {
  const said: Fact[] = [];
  let sent: Fact | undefined;
  const failed = (error: UserError): Ended => ({ outcome: "failed", error, said });
  try {
    for (;;) {
      const next = await facts.next();
      if (next.done === true) return { outcome: next.value, said };
      const { value } = next;
      let made: Fact | undefined;
      const make = (incident: Incident) => (made = at(typeof value === "function" ? value(incident) : value, key));
      try {
        await desk.recorder.recordFrom((incident) => [make(incident)]);
      } catch (thrown) {
        throw sent === undefined ? thrown : notRecorded(made, thrown);
      }
      said.push(made!);
      if (made!.type === "intended") sent = made;
      if (made!.type === "read-back") sent = undefined;
    }
  } catch (thrown) {
    if (thrown instanceof Leave || thrown instanceof Interrupted) throw thrown;
    // what nobody was there to answer is not a failure of the step: it is asked again on resume
    if (thrown instanceof UserError && thrown.code === exit.refused) throw thrown;
    if (thrown instanceof UserError) return failed(thrown);
    const what = `A defect of this program failed the step: ${messageOf(thrown)}`;
    const next = "go on; the walk is not lost";
    if (sent === undefined) return failed(new UserError({ what, next }));
    return failed(new UserError({ what, next, changed: "unknown", code: exit.unknown }));
  }
}

function at(said: Fact, key: string | undefined): Fact {
  return fact(said.type, said.payload, said.step ?? key);
}

/** Production may have changed and the record could not be written: the record goes to the screen instead. */
function notRecorded(lost: Fact | undefined, thrown: unknown): UserError {
  return new UserError({
    what: `The write went out, and what came of it could NOT BE RECORDED: ${messageOf(thrown)}\n${JSON.stringify(lost)}`,
    changed: "unknown",
    code: exit.unknown,
    next: "keep the line above; make room, then llmops watch --once settles it by reading",
  });
}
