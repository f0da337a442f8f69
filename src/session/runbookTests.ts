import { join } from "node:path";
import { parseDocument } from "../document/document.ts";
import { valueAt } from "../schema/schema.ts";
import { readText } from "../runbook/load.ts";
import type { World } from "../world/world.ts";

/** One `*.test.yaml`. */
export interface FoundTests {
  file: string;
  text: string;
  /** what it says that it tests */
  runbook: string;
  /** how many tests stand there, right or wrong */
  tests: number;
}

/** The test files of some folders; what is wrong with one is what `llmops runbook test` tells. */
export async function findTests({ files }: World, folders: readonly string[]): Promise<FoundTests[]> {
  const found: FoundTests[] = [];
  for (const folder of folders)
    for (const name of await files.list(folder)) {
      if (!/\.test\.ya?ml$/.test(name)) continue;
      const file = join(folder, name);
      const read = await readText(files, file);
      if ("finding" in read) continue;
      const value = parseDocument(read.text, file).document?.value;
      const tests = valueAt(value, ["tests"]);
      const runbook = valueAt(value, ["runbook"]);
      if (typeof runbook === "string")
        found.push({ file, text: read.text, runbook, tests: Array.isArray(tests) ? tests.length : 0 });
    }
  return found;
}
