import { exit, UserError } from "../errors.ts";
import type { Person } from "../engine/person.ts";
import { scriptedPerson } from "../engine/script.ts";
import type { Step } from "../steps/step.ts";
import type { World } from "../world/world.ts";
import type { Script } from "./script.ts";
import type { Waiting } from "./waiting.ts";

/**
 * Who answers in a rehearsal: an answers file, as at `incident start --answers`. What a step is said to end in answers for
 * it; `proposed` takes what the evidence proposes.
 */
export function rehearsingPerson(
  steps: readonly Step[],
  script: Script,
  world: World,
  used: Set<string>,
  waiting: Waiting,
): Person {
  const implied = steps.flatMap((step) => {
    const answer = impliedBy(step.kind, script.outcomes.get(step.id));
    return answer === undefined ? [] : [[step.id, answer] as const];
  });
  const given = Object.fromEntries([...implied, ...script.answers]);
  const answers = scriptedPerson({ given, yes: false }, world);
  const uses = (key: string) => {
    if (script.answers.has(key)) used.add(`answers ${key}`);
  };
  return {
    ...answers,
    async choose(step, question) {
      uses(step);
      if (given[step] !== "proposed" || question.choices.some(({ value }) => value === "proposed"))
        return answers.choose(step, question);
      if (question.proposed !== undefined) return question.proposed;
      throw new UserError({ what: `${step}: the evidence proposes nothing`, code: exit.refused });
    },
    async pick(step, dimension, known) {
      uses(`${step}.${dimension}`);
      return answers.pick(step, dimension, known);
    },
    async consent(step, plan) {
      uses(step);
      return answers.consent(step, plan);
    },
    pause: (_, ms) => waiting.pause(ms),
    idle: (_, ms) => waiting.idle(ms),
  };
}

/** What somebody must have said for a step to end so. */
function impliedBy(kind: string, outcome: string | undefined): string | undefined {
  if (outcome === undefined || outcome === "not-offered") return undefined;
  if (kind === "run") return outcome === "declined" ? "leave" : "run";
  return (kind === "mitigate" || kind === "undo") && outcome !== "declined" ? "apply" : undefined;
}
