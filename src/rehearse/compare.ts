import type { Document, Finding, Path } from "../document/document.ts";
import { harmless } from "../harmless.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { changeMisses, sentMisses, type Miss } from "./lists.ts";
import type { Happened } from "./rehearse.ts";
import type { Test } from "./schema.ts";
import type { Script } from "./script.ts";
import { because, missesIn, unusedIn } from "./stepMisses.ts";

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
