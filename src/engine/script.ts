import { exit, UserError } from "../errors.ts";
import type { World } from "../world/world.ts";
import type { Person } from "./person.ts";

/** Answers handed in: step id → choice, `apply` for consent, "step.dimension" → value of a pick. */
export interface Answers {
  given: Record<string, string>;
  /** `--yes`: consents to plans that reach no further than asked */
  yes: boolean;
}

/** Nobody is at the keyboard: what was not answered beforehand is declined or an error, never guessed. */
export function scriptedPerson({ given, yes }: Answers, world: World): Person {
  return {
    unattended: true,
    async choose(step, question) {
      const answer = given[step];
      if (answer !== undefined && question.choices.some((c) => c.value === answer)) return answer;
      // `apply` consents to the step's plan; it answers no other question
      if ((answer === undefined || answer === "apply") && question.otherwise !== undefined) return question.otherwise;
      const choices = question.choices.map((c) => c.value).join(", ");
      const what =
        answer === undefined
          ? `${step} asks "${question.question}" and no answer was given`
          : `${step} has no choice ${answer}`;
      throw new UserError({
        what: `${what}. Choices: ${choices}.`,
        next: `give \`${step}: …\` with --answers, or run it on a terminal`,
        code: exit.refused,
      });
    },
    async line(step, question) {
      throw new UserError({
        what: `${step} needs to know: ${question}`,
        next: "give it with --with, or under defaults: in llmops.yaml",
        code: exit.usage,
      });
    },
    async pick(step, dimension, known) {
      const answer = given[`${step}.${dimension}`];
      if (answer !== undefined) return answer;
      const some = known.slice(0, 5).map(({ name }) => name);
      throw new UserError({
        what: `${step} needs a ${dimension}${some.length === 0 ? "" : `; there are: ${some.join(", ")}`}.`,
        next: `--scope ${dimension}=…`,
        code: exit.usage,
      });
    },
    async consent(step, plan) {
      if (given[step] === "apply") return true;
      if (!yes) return false;
      if (plan.wider.length === 0) return true;
      const dimensions = plan.wider.map((w) => w.dimension).join(", ");
      throw new UserError({
        what: `The change reaches further than asked: ${plan.wider[0]!.lever} has no ${dimensions}.`,
        next: `leave ${dimensions} out of --scope to say that all of it is meant, or run it on a terminal`,
        code: exit.refused,
      });
    },
    async pause(_, ms) {
      await world.clock.sleep(ms, world.interrupted);
      return "elapsed";
    },
    again: async () => false,
  };
}
