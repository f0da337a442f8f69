import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Asked } from "../../src/commands/command.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { realClock } from "../../src/world/clock.ts";
import { openHttp } from "../../src/world/http.ts";
import { fakeWorld } from "../fake/world.ts";
import { isMissing, type Daemon } from "../parts/daemon.ts";
import { startPrometheus } from "../parts/metrics.ts";

const skip = isMissing("prometheus", "promtool");

/** Two counters that grow by 2 and by 3 a second, for the last hour, with a quarter of an hour missing in the second. */
function past(): string {
  const now = Math.floor(Date.now() / 1000);
  const lines = (route: string, perSecond: number, isThere: (ago: number) => boolean) =>
    Array.from({ length: 241 }, (_, i) => 3600 - i * 15)
      .filter(isThere)
      .map((ago) => `calls_total{route="${route}"} ${(3600 - ago) * perSecond} ${now - ago}\n`);
  const all = [...lines("a", 2, () => true), ...lines('b\\"} or vector(9) #', 3, (ago) => ago < 1200 || ago > 2100)];
  return `# TYPE calls counter\n${all.join("")}# EOF\n`;
}

describe.skipIf(skip)(`a query to a real prometheus${skip ? " (skipped: no prometheus)" : ""}`, () => {
  let store: Daemon;
  beforeAll(async () => {
    store = await startPrometheus(past());
  }, 60_000);
  afterAll(() => store?.stop());

  async function query(...argv: string[]) {
    const files = { "llmops.yaml": `sources: { metrics: { prometheus: { url: "${store.url}" } } }\n` };
    const fake = fakeWorld({ files });
    const world = { ...fake, clock: realClock, http: openHttp({}, realClock) };
    const code = await run(parse(["query", "metrics", ...argv]) as Exclude<Asked, { print: string }>, world);
    return { code, out: fake.terminal.output, err: fake.terminal.screen };
  }
  const expr = "sum by (route) (rate(calls_total[2m]))";

  it("answers what is now, the greatest first, as a table and for programs", async () => {
    const { code, out } = await query(expr);
    expect([code, out.trimEnd().split("\n").slice(-2)]).toEqual([
      0,
      ['      3  {route="b\\"} or vector(9) #"}', '      2  {route="a"}'],
    ]);
    const { series } = JSON.parse((await query(expr, "--json")).out) as { series: { value: number }[] };
    expect(series.map(({ value }) => Math.round(value * 1000) / 1000).toSorted((a, b) => a - b)).toEqual([2, 3]);
  });

  it("draws a range with its gap, and writes every point", async () => {
    const { out } = await query(expr, "--chart", "--range", "50m", "--step", "30s");
    const row = out.split("\n").find((line) => line.includes(" 3 ┤"))!;
    expect(row).toMatch(/┤●+ {10,}●+$/);
    expect(out.split("\n").find((line) => line.includes(" 2 ┤"))).toMatch(/┤■{10}.*■{10}$/);
    const csv = (await query(expr, "--csv", "--range", "50m", "--step", "30s")).out.split("\r\n");
    expect(csv.filter((line) => line.endsWith(",a"))).toHaveLength(101);
  });

  it("says what the server refuses in one sentence", async () => {
    const { code, err, out } = await query("calls_total * on () group_left () calls_total");
    expect([code, out]).toEqual([3, ""]);
    expect(err).toContain("metrics gave no answer:");
    expect(err).toContain("production changed: no");
  });
});
