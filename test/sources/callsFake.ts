import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calls, open } from "../../src/sources/calls.ts";
import type { Answer, Source } from "../../src/sources/source.ts";
import { parseGlob } from "../../src/world/glob.ts";
import { fakeWorld, type FakeWorld } from "../fake/world.ts";

export const end = Date.parse("2026-11-21T03:00:00Z");

export interface Staged {
  source: Source;
  folder: string;
  world: FakeWorld;
}

/** Real folders with files of call records, and a source on `*.jsonl` in each; `clear` removes them. */
export function callsStage() {
  const cleanups: (() => void | Promise<void>)[] = [];
  return {
    async clear() {
      for (const clean of cleanups.splice(0)) await clean();
    },
    /** `load`: what DuckDB is loaded by */
    open(given: Record<string, string | Uint8Array>, settings: object = {}, load?: Parameters<typeof open>[3]): Staged {
      const folder = mkdtempSync(join(tmpdir(), "llmops-calls-"));
      cleanups.push(() => rmSync(folder, { recursive: true }));
      for (const [name, content] of Object.entries(given)) {
        mkdirSync(join(folder, name, ".."), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      const world = fakeWorld({ now: "2026-11-21T03:00:00Z" });
      world.files.glob = async (root, pattern) => {
        const { base, matches } = parseGlob(root, pattern);
        const all = readdirSync(base, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
        return all
          .map((it) => join(it.parentPath, it.name))
          .filter(matches)
          .sort();
      };
      const source = open(calls.schema.parse({ files: "*.jsonl", ...settings }), world, folder, load);
      cleanups.push(() => source.close());
      return { source, folder, world };
    },
  };
}

export function lines(...records: (object | string)[]): string {
  return records.map((one) => `${typeof one === "string" ? one : JSON.stringify(one)}\n`).join("");
}

export function good<T>(answer: Answer<T>): T {
  if ("error" in answer) throw new Error(answer.error);
  return answer.data;
}
