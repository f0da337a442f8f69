import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { fact, type Fact } from "../timeline/event.ts";
import { sayFigure } from "../timeline/figure.ts";
import type { Measurement, Part } from "../timeline/measurement.ts";
import { askPerson } from "./askPerson.ts";
import type { Context } from "./context.ts";

/** Which part of an evidence is meant, largest first; the answer narrows the incident's scope. */
export async function* pickPart(
  step: string,
  { question, pick }: { question: string; pick: string },
  context: Context,
): AsyncGenerator<Fact, "picked" | "none", void> {
  const measured = context.incident.measurements.get(`${context.runbook}/${pick}`)?.last;
  const dimension = measured?.by ?? context.evidence(pick)?.by;
  if (dimension === undefined) {
    context.say(`${pick} is not split by anything: there is nothing to pick from.`);
    return "none";
  }
  // an empty label is nobody's name: it cannot be blocked or filtered by
  const parts = (measured?.parts ?? []).filter(({ name }) => name !== "" && name !== "(none)");
  const meant = context.scope[dimension];
  const isNew = meant !== undefined && !parts.some(({ name }) => name === meant);
  const proposed = meant ?? (measured?.outcome === "concentrated" ? parts[0]?.name : undefined);
  const free = (word: string) => (parts.some(({ name }) => name === word) ? `${word} of these` : word);
  const [another, none] = [free("another"), free("none")];
  const more = (measured?.partCount ?? 0) - (measured?.parts?.length ?? 0);
  const { choice } = yield* askPerson(
    {
      question: harmless(question),
      choices: [
        ...(isNew ? [{ value: meant, label: `${harmless(meant)}  in the scope already` }] : []),
        ...parts.map((part) => ({ value: part.name, label: sayPart(part, measured!) })),
        { value: another, label: `Another ${dimension}: type it` },
        { value: none, label: "None of these" },
      ],
      ...(proposed === undefined ? {} : { proposed }),
      ...(parts.length === 0 && meant === undefined
        ? { why: `${pick}: ${harmless(measured?.why ?? "not read yet")}`, otherwise: none }
        : {}),
      ...(more > 0 ? { why: `${more.toLocaleString("en-US")} more` } : {}),
    },
    context,
  );
  if (choice === none) return "none";
  const value = choice === another ? (await context.line(`${dimension}?`)).trim() : choice;
  if (value === "") return "none";
  if (choice === another && !(await isMeant(value, parts, dimension, context))) return "none";
  yield fact("scoped", { scope: { ...context.incident.scope, [dimension]: value }, why: `picked in ${step}` });
  return "picked";
}

/** "u-8841  $84.2, 64%" */
function sayPart({ name, value, share }: Part, { unit }: Measurement): string {
  return `${harmless(name)}  ${sayFigure(value, unit)}${share === undefined ? "" : `, ${Math.round(share * 100)}%`}`;
}

/** A name that nothing was read of is asked about once more. */
async function isMeant(value: string, parts: Part[], dimension: string, context: Context): Promise<boolean> {
  const names = parts.map(({ name }) => name);
  if (names.length === 0 || names.includes(value)) return true;
  const answer = await context.choose({
    question: `No ${dimension} ${JSON.stringify(value)} is among those that were read${didYouMean(value, names)}`,
    choices: [
      { value: "none", label: "It was misspelt: none of these, then" },
      { value: "meant", label: "It is meant all the same" },
    ],
    otherwise: "meant",
  });
  return answer === "meant";
}
