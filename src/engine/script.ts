import { exit, UserError, type Problem } from "../errors.ts";
import type { Odd, Plan } from "../timeline/event.ts";
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
  // a step may be called like something that every object has
  const answerTo = (key: string) => (Object.hasOwn(given, key) ? given[key] : undefined);
  return {
    unattended: true,
    async choose(step, question) {
      const answer = answerTo(step);
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
      const answer = answerTo(`${step}.${dimension}`);
      if (answer !== undefined) return answer;
      const some = known.slice(0, 5).map(({ name }) => name);
      throw new UserError({
        what: `${step} needs a ${dimension}${some.length === 0 ? "" : `; there are: ${some.join(", ")}`}.`,
        next: `--scope ${dimension}=…`,
        code: exit.usage,
      });
    },
    async consent(step, plan) {
      const applies = answerTo(step) === "apply";
      if (!applies && !yes) return false;
      if (plan.changes.every(({ undoes }) => undoes !== undefined)) return true;
      const problem = plan.odd === undefined ? (applies ? undefined : tooFar(plan)) : sayOdd(plan.odd);
      if (problem === undefined) return true;
      throw new UserError({ ...problem, code: exit.refused });
    },
    pause: (_, ms) => sleep(ms, world),
    idle: (_, ms) => sleep(ms, world),
    again: async () => false,
  };
}

async function sleep(ms: number, { clock, interrupted }: World): Promise<"elapsed"> {
  await clock.sleep(ms, interrupted);
  return "elapsed";
}

/** Only who sees it can say that it is no slip. */
function sayOdd(odd: Odd[]): Problem {
  return {
    what: `This looks like a slip: ${odd.map(({ why }) => why).join("; ")}.`,
    next: "mend the value, or run it on a terminal without --yes",
  };
}

const typed = "run it on a terminal without --yes, where it is typed";

/** `--yes` consents to what was named, and to nothing beyond. */
function tooFar({ changes, all, wider }: Plan): Problem | undefined {
  const [first] = changes;
  if (wider.length > 0) {
    const more = wider.map(({ dimension }) => dimension).join(", ");
    const isAll = Object.keys(first?.scope ?? {}).length === 0;
    return {
      what: `The change reaches further than asked: ${wider[0]!.lever.replace(/ of everything$/, "")} has no ${more}.`,
      next: isAll
        ? typed
        : `leave ${more} out of --scope to say that all of it is meant, or run it on a terminal without --yes`,
    };
  }
  if (first !== undefined && Object.keys(first.scope).length === 0)
    return {
      what: `The change reaches everything: ${first.setting} on ${first.target} is one switch for all that goes through it.`,
      next: typed,
    };
  if (all === undefined) return undefined;
  const scopes = changes.flatMap(({ scope }) => all.map((dimension) => `--scope ${dimension}=${scope[dimension]}`));
  return {
    what: `--yes does not consent to all ${changes.length} that are there: it needs them by name.`,
    next: `${scopes.join(" ")}; or run it on a terminal without --yes`,
  };
}
