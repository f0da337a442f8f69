import type { Document, Finding, Path } from "../document/document.ts";
import { didYouMean } from "../errors.ts";
import { mitigations } from "../mitigations/index.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { checkSchema, checkValue } from "../schema/schema.ts";
import { dimensions } from "../timeline/scope.ts";
import { checkAnswers, checkEvidence, checkOutcomes, say, type Report } from "./checkWords.ts";
import { testSchema, type Expected, type PerCase, type TestFile } from "./schema.ts";

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
    if (test.expect !== undefined) checkExpected(test.expect, [...at, "expect"], runbook, report);
  }
  return { file, findings: findings.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column) };
}

type Given = Pick<TestFile, "answers" | "defaults" | "evidence" | "state"> & { outcomes?: Record<string, PerCase> };

function checkGiven(
  { answers, defaults, evidence, state, outcomes = {} }: Given,
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
  const { for: _, ...parameters } = defaults;
  for (const [kind, given] of Object.entries(parameters))
    checkParameters(kind, given, [...at, "defaults", kind], report);
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

/** Parameters that are left out come from the mitigation's own example. */
function checkParameters(kind: string, given: unknown, path: Path, report: Report): void {
  const mitigation = checkKind(kind, path, true, report);
  if (mitigation === undefined) return;
  for (const { path: below, key, message, missing } of checkValue(mitigation.schema, given, kind).mistakes)
    if (!missing) report([...path, ...below], key, message);
}

function checkKind(kind: string, path: Path, key: boolean, report: Report) {
  const known = mitigations.find((one) => one.kind === kind);
  const kinds = mitigations.map((one) => one.kind);
  if (known === undefined) report(path, key, `there is no mitigation ${say(kind)}${didYouMean(kind, kinds)}`);
  return known;
}

function checkExpected({ steps, changes }: Expected, at: Path, runbook: Runbook, report: Report): void {
  for (const [id, said] of Object.entries(steps))
    checkOutcomes(id, said, [...at, "steps", id], runbook, report, ["skipped", "each"]);
  for (const [nth, one] of changes.entries())
    if (one.do !== "undo") checkKind(one.do, [...at, "changes", nth, "do"], false, report);
}
