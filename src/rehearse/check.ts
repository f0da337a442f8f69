import type { Document, Finding, Path } from "../document/document.ts";
import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { checkSchema } from "../schema/schema.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import { outcomesOf } from "../steps/index.ts";
import { outcomesOfAsk } from "../steps/measure.ts";
import type { Step } from "../steps/step.ts";
import { dimensions } from "../timeline/scope.ts";
import { testSchema, type PerCase, type TestFile } from "./schema.ts";
import { unasked } from "./kinds.ts";

const rule = "runbook-test";

/** Reads a test file, and says what in it can be no test of its runbook. Without the runbook only its shape is looked at. */
export function checkTest(document: Document, runbook?: Runbook): { file?: TestFile; findings: Finding[] } {
  const { value: file, findings } = checkSchema(testSchema, document, rule);
  if (file === undefined || runbook === undefined) return { ...(file === undefined ? {} : { file }), findings };
  const report = (path: Path, key: boolean, message: string) =>
    findings.push({ file: document.file, ...document.at(path, key), rule, severity: "error", message });
  checkGiven(file, [], runbook, report);
  const names = new Set<string>();
  for (const [nth, test] of file.tests.entries()) {
    const at = ["tests", nth];
    if (names.has(test.name)) report([...at, "name"], false, "another test has this name: give each its own");
    names.add(test.name);
    checkGiven(test, at, runbook, report);
    for (const [id, said] of Object.entries(test.expect?.steps ?? {}))
      checkOutcomes(id, said, [...at, "expect", "steps", id], runbook, report, ["skipped", "each"]);
  }
  return { file, findings };
}

type Report = (path: Path, key: boolean, message: string) => void;

type Given = Pick<TestFile, "answers" | "evidence" | "state"> & { outcomes?: Record<string, PerCase> };

function checkGiven(
  { answers, evidence, state, outcomes = {} }: Given,
  at: Path,
  runbook: Runbook,
  report: Report,
): void {
  for (const [id, readings] of Object.entries(evidence))
    checkEvidence(id, readings, [...at, "evidence", id], runbook, report);
  for (const [key, said] of Object.entries(answers)) checkAnswers(key, said, [...at, "answers", key], runbook, report);
  for (const [id, said] of Object.entries(outcomes)) {
    const kind = runbook.steps.find((step) => step.id === id)?.kind;
    const path = [...at, "outcomes", id];
    if (kind === "ask" || kind === "instruct")
      report(path, true, `${id} is answered by a person: give it under answers`);
    else checkOutcomes(id, said, path, runbook, report);
  }
  for (const [nth, { setting, target, scope }] of (state ?? []).entries()) {
    const first = state!.find((one) => one.setting === setting && one.target === target)!;
    const other = dimensions.find((d) => (first.scope[d] === undefined) !== (scope[d] === undefined));
    if (other !== undefined)
      report(
        [...at, "state", nth],
        false,
        `${setting} is kept by ${other} in one entry and not in another: a lever has one shape`,
      );
  }
}

function checkOutcomes(
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

function checkEvidence(
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

function checkAnswers(key: string, said: PerCase, path: Path, runbook: Runbook, report: Report): void {
  const [id = "", dimension] = key.split(".");
  const step = stepOf(id, path, runbook, report);
  if (step === undefined || dimension !== undefined) return;
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

function say(word: string): string {
  return JSON.stringify(harmless(word));
}
