import { Leave } from "../engine/person.ts";
import { Interrupted, messageOf, UserError } from "../errors.ts";
import { stepKinds } from "../steps/index.ts";
import type { Said, StepKind } from "../steps/step.ts";
import type { Script } from "./script.ts";

/** Kinds that ask nobody, and so cannot be skipped. */
export const unasked: readonly string[] = ["measure", "notify", "escalate", "continue"];

/**
 * The steps of an incident. `skip` among the answers leaves one before it begins; what is to be `sent` or `failed` is
 * recorded as such; a mistake of the program, which in an incident only fails its step, is told.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export function rehearsedKinds(script: Script, used: Set<string>, wrong: (why: string) => void): StepKind<any>[] {
  return stepKinds.map((kind) => ({
    ...kind,
    async *run(step, context) {
      const outcome = script.outcomes.get(step.id);
      if (outcome !== undefined) used.add(`outcomes ${step.id}`);
      if (script.answers.get(step.id) === "skip" && !kind.outcomes(step.body).includes("skip")) {
        used.add(`answers ${step.id}`);
        throw new Leave("skip", "the test says so");
      }
      try {
        const run = kind.run(step, context);
        const delivers = kind.kind === "notify" || kind.kind === "escalate";
        return delivers && outcome !== undefined ? yield* delivered(run, outcome) : yield* run;
      } catch (thrown) {
        if (!(thrown instanceof UserError || thrown instanceof Leave || thrown instanceof Interrupted))
          wrong(`${step.id}: ${messageOf(thrown)}`);
        throw thrown;
      }
    },
  }));
}

/** The same message, with another end of its way. */
async function* delivered(run: ReturnType<StepKind["run"]>, outcome: string): ReturnType<StepKind["run"]> {
  for await (const said of run) yield ended(said, outcome === "sent");
  return outcome;
}

function ended(said: Said, ok: boolean): Said {
  if (typeof said === "function") return said;
  if (said.type === "sent") return { ...said, payload: { ...said.payload, ok } };
  if (said.type === "escalated") return { ...said, payload: { ...said.payload, ok } };
  return said;
}
