import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { FaultName } from "../../src/sandbox/fault.ts";
import { startSandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { realFiles } from "../../src/world/files.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld } from "../fake/world.ts";

/** A sandbox whose records lie on the disk, where DuckDB can read them; the clock moves by hand. */
export async function openProduct(fault: readonly FaultName[], more: Partial<SandboxOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "llmops-triage-"));
  const fake = fakeWorld();
  const world: World = { ...fake, cwd: folder, home: resolve("."), files: realFiles };
  const sandbox = await startSandbox(world, { folder, seed: 7, fault, callsPerSecond: 1.5, ...more });
  writeFileSync(join(folder, "llmops.yaml"), sandbox.projectText());
  return {
    world,
    sandbox,
    terminal: fake.terminal,
    async pass(ms: number) {
      await fake.clock.advance(ms);
      await sandbox.advance();
    },
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
}
