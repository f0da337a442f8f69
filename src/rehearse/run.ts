import { parseDocument, type Document, type Finding, type Position } from "../document/document.ts";
import type { LoadedRunbook } from "../runbook/load.ts";
import { checkTest } from "./check.ts";
import { compare } from "./compare.ts";
import { rehearse, type Happened } from "./rehearse.ts";
import { scriptsOf } from "./script.ts";
import { spellExpect, writeExpect } from "./update.ts";

/** One test, rehearsed. */
export interface Tested {
  name: string;
  at: Position;
  /** how many walks */
  cases: number;
  findings: Finding[];
}

/** A test file, rehearsed; findings beside its tests are of the file. */
export interface TestedFile {
  file: string;
  text: string;
  runbook: string;
  findings: Finding[];
  tests: Tested[];
  happened: Happened[];
  /** tests whose `expect` was written anew in `text` */
  written: string[];
}

/**
 * Rehearses every test of a file. `find`: the runbook by id, or why there is none. `update`: what happens is what is to be
 * expected from now on, where a walk came to its end as it was told to.
 */
export async function runTests(
  text: string,
  name: string,
  {
    find,
    update,
    interrupted,
  }: { find(id: string): Promise<LoadedRunbook | { why: string }>; update: boolean; interrupted: AbortSignal },
): Promise<TestedFile> {
  const { document, findings } = parseDocument(text, name);
  const id = (document?.value as { runbook?: unknown } | null | undefined)?.runbook;
  const result: TestedFile = {
    file: name,
    text,
    runbook: typeof id === "string" ? id : "",
    findings,
    tests: [],
    happened: [],
    written: [],
  };
  if (document === undefined) return result;
  const runbook = typeof id === "string" ? await find(id) : undefined;
  const isThere = runbook !== undefined && !("why" in runbook);
  const checked = checkTest(document, isThere ? runbook.runbook : undefined);
  result.findings = [
    ...checked.findings,
    ...(runbook !== undefined && "why" in runbook ? [unknownRunbook(document, runbook.why)] : []),
  ];
  if (checked.file === undefined || !isThere || result.findings.length > 0) return result;

  let written = document;
  for (const [nth, test] of checked.file.tests.entries()) {
    const scripts = scriptsOf(checked.file, test);
    const happened: Happened[] = [];
    for (const script of scripts) happened.push(await rehearse(runbook, script, interrupted));
    const at = ["tests", nth];
    let misses = compare({ document, runbook: runbook.runbook, test, at }, scripts, happened);
    if (update && misses.length > 0) {
      const other = writeExpect(written, nth, (indent) => spellExpect(runbook.runbook, scripts, happened, indent));
      const now = parseDocument(other, name).document!;
      const again = checkTest(now, runbook.runbook).file!.tests[nth]!;
      misses = compare({ document: now, runbook: runbook.runbook, test: again, at }, scripts, happened);
      if (misses.length === 0) {
        written = now;
        result.written.push(test.name);
      }
    }
    result.happened.push(...happened);
    result.tests.push({
      name: test.name,
      at: document.at([...at, "name"]).at,
      cases: scripts.length,
      findings: misses,
    });
  }
  return { ...result, text: written.text };
}

function unknownRunbook(document: Document, why: string): Finding {
  return { file: document.file, ...document.at(["runbook"]), rule: "runbook-test", severity: "error", message: why };
}
