import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** "2.42.0" */
export function promtoolVersion(): string {
  const { stdout } = spawnSync("promtool", ["--version"], { encoding: "utf8" });
  return /version (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? "none";
}

/** What promtool says against each expression; undefined where it says nothing. One call: it names every rule it refuses. */
export function askPromtool(expressions: readonly string[]): (string | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), "llmops-promtool-"));
  try {
    const rules = expressions.map((expr, i) => ({ record: `r${i}`, expr }));
    const file = join(folder, "rules.json");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "g", rules }] }));
    const asked = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    const said = new Map<number, string>();
    for (const [, rule, why] of asked.stderr.matchAll(
      /group "g", rule \d+, "r(\d+)": (?:could not parse expression: )?(.*)/g,
    ))
      said.set(Number(rule), why!);
    if (asked.status !== 0 && said.size === 0) throw new Error(`promtool: ${asked.stderr.slice(0, 500)}`);
    return expressions.map((_, i) => said.get(i));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
