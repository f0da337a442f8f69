import type { Path } from "../document/document.ts";
import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import { outcomesOf } from "../steps/index.ts";
import { outcomesOfAsk } from "../steps/measure.ts";
import type { Step } from "../steps/step.ts";
import { dimensions } from "../timeline/scope.ts";
import { unasked } from "./kinds.ts";
import type { PerCase, TestFile } from "./schema.ts";

/** Tells a mistake; `key`: the key at `path` is meant, not its value. */
export type Report = (path: Path, key: boolean, message: string) => void;

export function checkOutcomes(
  id: string,
  said: PerCase,
  path: Path,
  runbook: Runbook,
  report: Report,
  more: string[] = [],
): void {
  const step = stepOf(id, path, runbook, report);
  if (step === undefined) return;
  const known = step.kind === "continue" ? ["continued"] : outcomesOf(step);
  for (const [word, at] of words(said, path))
    if (![...known, ...more].includes(word))
      report(at, false, `${id} cannot end in ${say(word)}: it ends in ${known.join(", ")}${didYouMean(word, known)}`);
}

export function checkEvidence(
  id: string,
  readings: TestFile["evidence"][string],
  path: Path,
  runbook: Runbook,
  report: Report,
): void {
  const { evidence, steps } = runbook;
  const ask =
    evidence.find((one) => one.id === id) ?? steps.find((one) => one.id === id && one.kind === "measure")?.body;
  const ids = evidence.map((one) => one.id);
  if (ask === undefined) return report(path, true, `${runbook.id} has no evidence ${say(id)}${didYouMean(id, ids)}`);
  const known = outcomesOfAsk(ask as EvidenceAsk);
  for (const { outcome } of readings)
    if (!known.includes(outcome))
      report(
        path,
        false,
        `${id} cannot be ${say(outcome)}: it can be ${known.join(", ")}${didYouMean(outcome, known)}`,
      );
}

/** What can be answered at a step, beside `skip`; undefined: whatever the evidence offers. */
const answersOf: Record<string, readonly string[]> = {
  mitigate: ["apply"],
  undo: ["apply"],
  run: ["run", "leave"],
  instruct: ["done", "not-done"],
  wait: ["reached", "timed-out", "look"],
  logs: [],
};

export function checkAnswers(key: string, said: PerCase, path: Path, runbook: Runbook, report: Report): void {
  const [id = "", dimension] = key.split(".");
  const step = stepOf(id, path, runbook, report);
  if (step === undefined) return;
  if (dimension !== undefined) {
    if (dimensions.some((one) => one === dimension)) return;
    return report(path, true, `${id} picks no ${say(dimension)}${didYouMean(dimension, dimensions)}`);
  }
  if (unasked.includes(step.kind)) return report(path, true, `${id} asks nobody: there is nothing to answer`);
  const asks = step.kind === "ask";
  if (asks && "pick" in (step.body as object)) return;
  const known = [...new Set([...(asks ? [...outcomesOf(step), "proposed"] : answersOf[step.kind]!), "skip"])];
  for (const [word, at] of words(said, path))
    if (!known.includes(word))
      report(
        at,
        false,
        `${id} cannot be answered with ${say(word)}: it takes ${known.join(", ")}${didYouMean(word, known)}`,
      );
}

function stepOf(id: string, path: Path, { id: runbook, steps }: Runbook, report: Report): Step | undefined {
  const step = steps.find((one) => one.id === id);
  if (step === undefined)
    report(
      path,
      true,
      `${runbook} has no step ${say(id)}${didYouMean(
        id,
        steps.map((one) => one.id),
      )}`,
    );
  return step;
}

function words(said: PerCase, path: Path): [word: string, at: Path][] {
  if (!Array.isArray(said)) return [[said, path]];
  return said.flatMap((one, nth) => (one === null ? [] : [[one, [...path, nth]]]));
}

export function say(word: string): string {
  return JSON.stringify(harmless(word));
}
