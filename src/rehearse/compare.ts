import type { Document, Finding, Path } from "../document/document.ts";
import { harmless } from "../harmless.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { sayCondition } from "../steps/condition.ts";
import { changeMisses, sentMisses, type Miss } from "./lists.ts";
import type { Happened } from "./rehearse.ts";
import type { Expected, Test } from "./schema.ts";
import { sayIn, type Script } from "./script.ts";

/** Where a test stands, and what it is of. */
export interface Placed {
  document: Document;
  runbook: Runbook;
  test: Test;
  /** of the test in its file */
  at: Path;
}

/** Everything that happened and was not expected, and the other way round, in the order of the file. */
export function compare(placed: Placed, scripts: readonly Script[], happened: readonly Happened[]): Finding[] {
  const { test, document } = placed;
  const trouble = happened.flatMap((one, nth) => troubleIn(one, nth, scripts[nth]!));
  // what a walk that stopped did not do says nothing more
  const isWhole = happened.every(({ stopped }) => stopped === undefined);
  const misses = [...trouble, ...(isWhole ? [...unusedIn(test, happened), ...against(placed, scripts, happened)] : [])];
  return merged(misses, happened.length).map(({ path, key, message }) => ({
    file: document.file,
    ...document.at([...placed.at, ...path], key),
    rule: "expect",
    severity: "error",
    message: harmless(message),
  }));
}

function against(
  { test: { expect }, runbook }: Placed,
  scripts: readonly Script[],
  happened: readonly Happened[],
): Miss[] {
  if (expect === undefined) return [{ path: ["name"], message: "nothing is expected: --update writes what happens" }];
  return [
    ...happened.flatMap((one, nth) => missesIn(expect, one, nth, scripts[nth]!, runbook)),
    ...changeMisses(expect.changes, happened),
    ...sentMisses(expect.sent, happened),
  ];
}

function troubleIn({ stopped, wrong, steps }: Happened, nth: number, { outcomes }: Script): Miss[] {
  const scripted = steps.flatMap(({ id, outcome, why }) => {
    const wanted = outcomes.get(id);
    if (wanted === undefined || wanted === outcome) return [];
    return [
      { path: ["outcomes", id], message: `${id} was to end ${wanted}, and ended ${outcome}${because(why)}`, nth },
    ];
  });
  const trouble = stopped === undefined ? wrong : [...wrong, `the walk stopped: ${stopped.why}`];
  return [...trouble.map((message) => ({ path: ["name"], message, nth })), ...scripted];
}

/** What the test says and no walk of it asked for. */
function unusedIn({ answers, outcomes, evidence }: Test, happened: readonly Happened[]): Miss[] {
  const said = [
    ...Object.keys(answers).map((id) => ["answers", id] as const),
    ...Object.keys(outcomes).map((id) => ["outcomes", id] as const),
  ];
  const idle = said.filter(([what, id]) => !happened.some(({ used }) => used.has(`${what} ${id}`)));
  const unread = Object.keys(evidence).filter((id) => happened.every((one) => one.unread.includes(id)));
  return [
    ...idle.map(([what, id]): Miss => {
      const walked = happened.some(({ steps }) => steps.some((step) => step.id === id));
      return {
        path: [what, id],
        key: true,
        message: `${id} ${walked ? "asked nothing" : "was not reached"}: this is of no use`,
      };
    }),
    ...unread.map((id) => ({
      path: ["evidence", id],
      key: true,
      message: `${id} is read less often than it has readings`,
    })),
  ];
}

function missesIn(expected: Expected, happened: Happened, nth: number, script: Script, runbook: Runbook): Miss[] {
  const misses: Miss[] = [];
  const wanted = Object.keys(expected.steps).flatMap((id) => {
    const said = sayIn(expected.steps[id], nth);
    const outcome = said === "each" ? (script.outcomes.get(id) ?? script.answers.get(id)) : said;
    return outcome === undefined ? [] : [{ id, outcome }];
  });
  const walked = new Map(happened.steps.map((step) => [step.id, step]));
  for (const { id, outcome } of wanted) {
    const path = ["expect", "steps", id];
    const step = walked.get(id);
    if (step === undefined)
      misses.push({
        path,
        key: true,
        message: `${id} was to end ${outcome}, and was not walked${whyNot(id, runbook, walked)}`,
        nth,
      });
    else if (step.outcome !== outcome)
      misses.push({ path, message: `${id} was to end ${outcome}, and ended ${step.outcome}${because(step.why)}`, nth });
  }
  const others = happened.steps.filter(({ id }) => !wanted.some((one) => one.id === id));
  const more = others.map(({ id, outcome }) => `${id} ended ${outcome}`).join(", ");
  if (more !== "")
    misses.push({ path: ["expect", "steps"], key: true, message: `walked, and not expected: ${more}`, nth });
  const order = happened.steps.map(({ id }) => id);
  const early = wanted.find(
    ({ id }, at) => at > 0 && order.includes(id) && order.indexOf(id) < order.indexOf(wanted[at - 1]!.id),
  );
  if (misses.length === 0 && early !== undefined)
    misses.push({
      path: ["expect", "steps", early.id],
      key: true,
      message: `${early.id} was walked earlier than that`,
      nth,
    });
  return misses;
}

function whyNot(id: string, { steps }: Runbook, walked: ReadonlyMap<string, { outcome: string }>): string {
  const when = steps.find((step) => step.id === id)?.when;
  if (when === undefined) return "";
  const known = when.all.flatMap((one) =>
    walked.has(one.id) ? [`${one.id} ended ${walked.get(one.id)!.outcome}`] : [],
  );
  return `: it is for ${sayCondition(when)}${known.length === 0 ? "" : `; ${known.join(", ")}`}`;
}

/** The same in several cases is said once; where it is not so in all of them, with their numbers. */
function merged(misses: readonly Miss[], cases: number): Miss[] {
  const known = new Map<string, { miss: Miss; cases: number[] }>();
  for (const miss of misses) {
    const name = JSON.stringify([miss.path, miss.message]);
    const one = known.get(name) ?? { miss, cases: [] };
    if (miss.nth !== undefined) one.cases.push(miss.nth + 1);
    known.set(name, one);
  }
  return [...known.values()].map(({ miss, cases: inCases }) =>
    inCases.length === 0 || inCases.length === cases
      ? miss
      : { ...miss, message: `case ${inCases.join(", ")}: ${miss.message}` },
  );
}

function because(why: string | undefined): string {
  return why === undefined || why === "" ? "" : `: ${why}`;
}
