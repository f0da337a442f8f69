import { describe, expect, it } from "vitest";
import { lintPaths } from "../../src/session/lint.ts";
import { checkAggregates } from "../../src/sources/callsCheck.ts";
import { checkSql } from "../../src/sources/calls.ts";
import { fakeWorld } from "../fake/world.ts";

const runbook = (evidence: string) =>
  `id: x\ntitle: X\nclass: cost\nseverity: SEV2\nsummary: S\nevidence:\n${evidence}\nsteps: [{ id: a, title: A, instruct: A }]\n`;

async function lint(evidence: string): Promise<string[]> {
  const world = fakeWorld({ files: { "llmops.yaml": "runbooks: runbooks\n", "runbooks/x.yaml": runbook(evidence) } });
  const { findings } = await lintPaths(world, ["runbooks/x.yaml"]);
  return findings.filter(({ rule }) => /^(sql|missing-total)$/.test(rule)).map(({ rule, at }) => `${at.line} ${rule}`);
}

describe("what a runbook asks is checked against what is known", () => {
  it("SQL by DuckDB, metrics by the stacks that come with us", async () => {
    const evidence =
      "  a: { sql: avg(latency) }\n  b: { sql: avg(latency_ms) }\n  c: { promql: 'rate(litellm_spend_metric[5m])' }";
    expect(await lint(evidence)).toEqual(["7 sql", "9 missing-total"]);
  });
});

describe("SQL that is only checked reads and opens nothing", () => {
  it.each([
    "read_csv('/etc/passwd')",
    "count(*) + (SELECT count(*) FROM '/etc/passwd')",
    "max(getenv('HOME'))",
    "count(*)) FROM calls; COPY (SELECT 1) TO '/tmp/x'; SELECT (1",
    "sum(w) FROM read_json('http://127.0.0.1:1/x')",
    "max(current_setting('allowed_paths'))",
    "sum(pragma_version())",
  ])("L01: %s", async (text) => {
    const said = await checkSql([text]);
    expect(said?.get(text)).toHaveLength(1);
  });

  it("says each mistake once, also behind letters of two bytes", async () => {
    const text = "avg(latency_ms) + if('äöü' = model, 1, 0) + sum(cost)";
    const said = await checkSql([text, text, "count(*)"]);
    expect(said?.get("count(*)")).toEqual([]);
    const [mistake] = said!.get(text)!;
    expect(text.slice(mistake!.from, mistake!.to)).toBe("cost");
  });

  it("says nothing where there is no DuckDB", async () => {
    const none = () => Promise.reject(new Error("no build for this platform"));
    expect(await checkAggregates(["avg(nonsense)"], none)).toBeUndefined();
  });
});
