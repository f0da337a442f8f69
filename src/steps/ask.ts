import { harmless, shorten } from "../harmless.ts";
import { sayDeed } from "../timeline/deed.ts";
import { sayFactor, sayFigure } from "../timeline/figure.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { onsetIn, sayJustBefore } from "../timeline/onset.ts";
import { askPerson } from "./askPerson.ts";
import { askSchema, type AskBody } from "./choices.ts";
import { evaluate, idsOf, refersOf, type Condition } from "./condition.ts";
import type { Context } from "./context.ts";
import { pickPart } from "./pick.ts";
import type { StepKind } from "./step.ts";

export const ask: StepKind<AskBody> = {
  kind: "ask",
  summary: "a question; the evidence may propose the answer, a person gives it",
  schema: askSchema,
  example: `
id: cause
title: What changed?
ask:
  question: What drives the cost?
  choices: { one: One user spends most of it, traffic: More calls than usual }
  hint: { one: { users: concentrated }, traffic: { calls: unhealthy } }
`,
  outcomes: (body) => ("pick" in body ? ["picked", "none"] : body.choices.map(({ value }) => value)),
  refers: (body) =>
    "pick" in body
      ? [{ id: body.pick, at: ["pick"] }]
      : body.hints.flatMap(({ choice, when }) => refersOf(when, ["hint", choice])),
  async *run({ id, body }, context) {
    if ("pick" in body) return yield* pickPart(id, body, context);
    const hint = body.hints.find(({ when }) => evaluate(when, (named) => context.outcome(named)));
    const why =
      hint &&
      sayWhy(
        body.choices.findIndex(({ value }) => value === hint.choice),
        hint.when,
        context,
      );
    const { choice } = yield* askPerson(
      {
        question: harmless(body.question),
        choices: body.choices.map(({ value, label }) => ({ value, label: harmless(label) })),
        ...(hint === undefined ? {} : { proposed: hint.choice, why: why! }),
      },
      context,
    );
    return choice;
  },
};

/** "evidence proposes 4: length ×10.3, calls as usual" */
function sayWhy(index: number, when: Condition, { incident, runbook, outcome }: Context): string {
  const reasons = idsOf(when).flatMap((id) => {
    const measured = incident.measurements.get(`${runbook}/${id}`)?.last;
    const said = measured === undefined ? outcome(id) : sayEvidence(measured, onsetIn(incident));
    return said === undefined ? [] : [`${id} ${said}`];
  });
  return `evidence proposes ${index + 1}: ${reasons.join(", ")}`;
}

/** `onset`: of the first bad reading, ms; what was changed just before it says most. */
function sayEvidence(measured: Measurement, onset: number | undefined): string {
  const { outcome, value, usual, unit, parts, healthy, deeds, at } = measured;
  const deed = deeds?.find((one) => sayJustBefore(one, onset) !== undefined) ?? deeds?.[0];
  if (deed !== undefined) return shorten(sayDeed(deed, at), 60);
  if (outcome === "concentrated" && parts?.[0] !== undefined) {
    const { name, share } = parts[0];
    return `${harmless(name)}${share === undefined ? "" : ` ${Math.round(share * 100)}%`}`;
  }
  if (outcome === "no-data") return "without data";
  if (outcome === "healthy") {
    const isUsual = usual !== undefined && (value === undefined || (value >= usual.low && value <= usual.high));
    return isUsual ? "as usual" : healthy;
  }
  if (value === undefined || outcome !== "unhealthy") return outcome;
  return usual !== undefined && usual.median > 0 ? sayFactor(value / usual.median) : sayFigure(value, unit);
}
