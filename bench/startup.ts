import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figure.ts";
import { median } from "./figure.ts";

const runs = 20;

/** Start-up as multiples of `node empty.js`: the arms take turns, so that a busy moment hits all of them. */
export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-bench-"));
  try {
    const empty = join(folder, "empty.js");
    writeFileSync(empty, "");
    const arms = [[empty], ["bin/llmops.js", "--help"], ["bin/llmops.js", "--version"]];
    const times = arms.map((): number[] => []);
    for (let i = 0; i < runs; i++) arms.forEach((argv, arm) => times[arm]!.push(timeOf(argv)));
    const [bare, help, version] = times.map(median);
    return [
      { name: "--help, against an empty script", ratio: help! / bare!, aim: "≤ 1.7" },
      { name: "--version, against an empty script", ratio: version! / bare!, aim: "≤ 1.3" },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of one process. Reading extra certificates costs more than all of llmops, in both arms. */
function timeOf(argv: string[]): number {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const start = performance.now();
  const { status } = spawnSync(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
  const took = performance.now() - start;
  if (status !== 0) throw new Error(`${argv.join(" ")} exits ${status}`);
  return took;
}
