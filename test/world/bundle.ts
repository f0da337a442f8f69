import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

/** Node 20 runs no TypeScript: makes a program of `test/world/programs` runnable, and returns its path. */
export async function bundle(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-program-"));
  await build({
    input: fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url)),
    platform: "node",
    logLevel: "silent",
    output: { dir: folder, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
  });
  return join(folder, `${name}.mjs`);
}
