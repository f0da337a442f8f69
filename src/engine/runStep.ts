import { exit, messageOf, UserError, Interrupted } from "../errors.ts";
import { leftChanged } from "../timeline/changes.ts";
import type { Continue, Said, settling, Step } from "../steps/step.ts";
import { fact, type Fact } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { contextOf } from "./context.ts";
import type { Desk } from "./desk.ts";
import { Leave } from "./person.ts";
import { keepElsewhere, NotRecorded } from "./unrecorded.ts";

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
  const kinds = desk.kinds ?? (await import("../steps/index.ts")).stepKinds;
  const kind = kinds.find((k) => k.kind === step.kind)!;
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
  let sent = false;
  /** of a write that went out, and not on the timeline yet */
  let lost: Fact[] = [];
  let why: unknown;

  /** Nothing is begun that is not durable. What came of a write is kept, and the work goes on, so that it is known. */
  const record = async (value: Said) => {
    let made: Fact[] = [];
    const make = (incident: Incident) =>
      (made = [...lost, at(typeof value === "function" ? value(incident) : value, key)]);
    try {
      await desk.recorder.recordFrom(make);
      lost = [];
    } catch (thrown) {
      if (!sent || !tellsOfWrite(made.at(-1)!)) throw thrown;
      [lost, why] = [made, thrown];
    }
    const last = made.at(-1)!;
    said.push(last);
    if (last.type === "intended") sent = true;
    if (last.type === "read-back") sent = lost.length > 0;
  };

  try {
    for (let out = false; ;) {
      if (!out) desk.world.interrupted.throwIfAborted();
      const next = await facts.next();
      if (next.done !== true) {
        if (goesOut(next.value)) desk.world.interrupted.throwIfAborted();
        await record(next.value);
        out = goesOut(next.value) || (out && !comesBack(next.value));
        continue;
      }
      if (lost.length > 0) throw await keepElsewhere(lost, why, undefined, desk);
      return { outcome: next.value, said };
    }
  } catch (thrown) {
    if (thrown instanceof NotRecorded) throw thrown;
    if (lost.length > 0) throw await keepElsewhere(lost, why, thrown, desk);
    const failure = failureOf(thrown, sent);
    // what failed because we leave stands on the timeline
    desk.world.interrupted.throwIfAborted();
    return { outcome: "failed", error: asFarAsItCame(failure, said, desk), said };
  } finally {
    await facts.return("failed");
  }
}

/** Of several changes the last may have failed with nothing changed by it; what the others did is changed all the same. */
function asFarAsItCame(error: UserError, said: Fact[], { recorder }: Desk): UserError {
  const ids = said.flatMap((one) => (one.type === "intended" ? [one.payload.change.id] : []));
  if (error.changed !== "no" || leftChanged(recorder.incident, new Set(ids)).length === 0) return error;
  const { what, next = "llmops mitigation list", code } = error;
  return new UserError({ what, next, changed: "yes", code: code === exit.failed ? exit.findings : code });
}

/** What makes a step fail; what must not be held up by a step is thrown. */
function failureOf(thrown: unknown, sent: boolean): UserError {
  if (thrown instanceof Leave || thrown instanceof Interrupted) throw thrown;
  // what nobody was there to answer is not a failure of the step: it is asked again on resume
  if (thrown instanceof UserError && thrown.code === exit.refused) throw thrown;
  if (thrown instanceof UserError) return thrown;
  const what = `A defect of this program failed the step: ${messageOf(thrown)}`;
  const next = "go on; the walk is not lost";
  return sent ? new UserError({ what, next, changed: "unknown", code: exit.unknown }) : new UserError({ what, next });
}

/** With it something leaves for production: after an interrupt nothing may. */
function goesOut(said: Said): boolean {
  if (typeof said === "function") return false;
  return said.type === "intended" || (said.type === "ran" && said.payload.phase === "intended");
}

function comesBack(said: Said): boolean {
  return typeof said !== "function" && (said.type === "read-back" || said.type === "ran");
}

function tellsOfWrite({ type }: Fact): boolean {
  return type === "written" || type === "read-back";
}

function at(said: Fact, key: string | undefined): Fact {
  return fact(said.type, said.payload, said.step ?? key);
}
