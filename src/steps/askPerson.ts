import { fact, type Fact } from "../timeline/event.ts";
import type { Context, Question } from "./context.ts";

/** Asks, with the question and the answer on the timeline; a proposal that was overridden stays visible there. */
export async function* askPerson(
  question: Question,
  context: Context,
): AsyncGenerator<Fact, { choice: string; label: string }, void> {
  const { otherwise: _, ...asked } = question;
  yield fact("asked", asked);
  const choice = await context.choose(question);
  const label = question.choices.find(({ value }) => value === choice)?.label ?? choice;
  yield fact("answered", {
    choice,
    label,
    ...(question.proposed === undefined ? {} : { proposed: question.proposed }),
  });
  return { choice, label };
}
