import { dirname, resolve } from "node:path";
import { coverageOf, percent, type Coverage } from "../rehearse/coverage.ts";
import type { TestedFile } from "../rehearse/run.ts";
import type { CoverageRow } from "../show/tests.ts";
import type { Libraries } from "./testLibraries.ts";

/** Of every runbook that was tested, and of those beside the tests of whole folders. */
export async function coverAll(
  tested: readonly TestedFile[],
  folders: ReadonlySet<string>,
  libraries: Libraries,
): Promise<Coverage[]> {
  const { world } = libraries;
  const covered = new Map<string, Coverage>();
  for (const { file, runbook: id } of tested) {
    const found = await libraries.find(dirname(resolve(world.cwd, file)), id);
    const happened = tested.filter((one) => one.runbook === id).flatMap((one) => one.happened);
    if (!("why" in found)) covered.set(id, coverageOf(found.runbook, happened));
  }
  for (const folder of folders)
    for (const { runbook } of (await libraries.beside(folder)).runbooks)
      if (!covered.has(runbook.id)) covered.set(runbook.id, coverageOf(runbook, []));
  return [...covered.values()];
}

/** Is any of its counts below this per cent? */
export function isBelow(min: number, coverage: Coverage): boolean {
  return countsOf(coverage).some((count) => percent(count) < min);
}

function countsOf({ steps, outcomes, mitigations }: Coverage) {
  return [steps, outcomes, mitigations];
}

export function rowOf(coverage: Coverage): CoverageRow {
  const { runbook, missing } = coverage;
  const names = ["steps", "outcomes", "mitigations"];
  const counts = countsOf(coverage).map((count, nth) => ({ what: names[nth]!, ...count, percent: percent(count) }));
  const isUntested = counts[0]!.reached === 0;
  return { runbook, counts, missing: isUntested ? ["no test walks it"] : missing };
}
