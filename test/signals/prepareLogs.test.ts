import { describe, expect, it } from "vitest";
import { findRoute, type Readable } from "../../src/gather/route.ts";
import type { EvidenceAsk } from "../../src/signals/evidence.ts";
import type { LogLabels, Source } from "../../src/sources/source.ts";
import type { Scope } from "../../src/timeline/scope.ts";

const labels: LogLabels = {
  env: { label: "env", at: "stream" },
  model: { label: "model", at: "field" },
};

function routed(language: "logql" | "logsql", ask: Omit<EvidenceAsk, "ask"> & { text: string }, scope: Scope = {}) {
  const { text, ...rest } = ask;
  const source = { kind: language, labels } as Partial<Source> as Source;
  const readable: Readable = { name: "logs", language, open: () => source };
  const from = { sources: [readable], stackFor: () => undefined, windowMs: 300_000 };
  const wanted = language === "logql" ? { logql: text } : { logsql: text };
  const route = findRoute({ ask: wanted, ...rest }, scope, 3_600_000, from);
  if ("why" in route) return `refused: ${route.why}`;
  return [route.split?.shown ?? route.whole.shown, route.split?.label, route.windowMs];
}

describe("LogQL of a runbook's author", () => {
  const text = 'sum(rate({app="a"} | json [10m]))';

  it("is sent as it is where nothing is narrowed, split or wanted of its window", () => {
    expect(routed("logql", { text })).toEqual([text, undefined, 600_000]);
  });

  it("is narrowed, split and given a window by the labels of the source", () => {
    const scope = { env: "prod", model: 'gpt"}' };
    expect(routed("logql", { text, by: "model", windowMs: 60_000 }, scope)).toEqual([
      'sum by (model) (rate({app="a",env="prod"} | json | model="gpt\\"}" [1m]))',
      "model",
      60_000,
    ]);
  });

  it("is refused where nobody said how the lines spell a dimension", () => {
    const why = "nobody said how the lines spell tenant, put it into labels of the source";
    expect(routed("logql", { text }, { tenant: "acme" })).toBe(`refused: cannot be narrowed to tenant acme: ${why}`);
    expect(routed("logql", { text, by: "tenant" })).toBe(`refused: cannot be split by tenant: ${why}`);
  });
});

describe("LogsQL of a runbook's author", () => {
  it("keeps the window that it has, and gets one where it has none", () => {
    const own = "_time:10m error | stats count() n";
    expect(routed("logsql", { text: own })).toEqual([own, undefined, 600_000]);
    expect(routed("logsql", { text: "error | stats count() n" })).toEqual([
      "_time:5m AND (error) | stats count() n",
      undefined,
      300_000,
    ]);
  });

  it("is narrowed, but not split: its stats are the author's", () => {
    const text = "a OR b | stats count() n";
    expect(routed("logsql", { text }, { model: "m" })).toEqual([
      '_time:5m AND model:="m" AND (a OR b) | stats count() n',
      undefined,
      300_000,
    ]);
    expect(routed("logsql", { text, by: "model" })).toBe(
      'refused: cannot be split by model: write "by (model)" into the stats of the expression',
    );
  });
});
