import { describe, expect, it } from "vitest";
import { findRoute, type Nowhere, type Readable, type Route } from "../../src/gather/route.ts";
import { readStack, type SignalOverrides, type Stack } from "../../src/signals/stack.ts";
import type { EvidenceAsk } from "../../src/signals/evidence.ts";
import type { Language, Source } from "../../src/sources/source.ts";
import type { Dimension, Scope } from "../../src/timeline/scope.ts";
import { shippedCatalogue, shippedStack } from "../signals/stacks.ts";

const hour = 3_600_000;

/** A project with these sources; nothing is asked of them. */
function project(
  sources: Record<string, Language | (Partial<Source> & { language: Language })>,
  { stack, overrides = {} }: { stack?: string; overrides?: SignalOverrides } = {},
) {
  const own = (language: Language): Stack => {
    const name = language === "sql" ? "calls" : stack;
    return name === undefined
      ? readStack({ catalogue: shippedCatalogue(), overrides }).stack!
      : shippedStack(name, overrides);
  };
  const all = Object.entries(sources).map(([name, given]) => {
    const { language, ...more } = typeof given === "string" ? { language: given } : given;
    const open = () => ({ kind: "fake", ...more }) as Source;
    return { name, language, open } satisfies Readable;
  });
  const stackFor = (name: string) => own(all.find((it) => it.name === name)!.language);
  return (ask: EvidenceAsk | string, scope: Scope = {}) =>
    findRoute(typeof ask === "string" ? { ask: { signal: ask } } : ask, scope, hour, {
      sources: all,
      stackFor,
      windowMs: 300_000,
    });
}

const name = (route: Route | Nowhere) => ("source" in route ? route.name : route);
const shown = (route: Route | Nowhere) => ("source" in route ? (route.split ?? route.whole).shown : route.why);
const computed = (signals: Record<string, Dimension[]>) => ({
  language: "signal" as const,
  signals: new Map(Object.entries(signals)),
});

describe("a signal", () => {
  it("comes from the stack's own source, else from call records, else from what computes it", () => {
    const route = project(
      {
        scores: computed({ error_rate: [], flagged_rate: [], thumbs_down_rate: ["route"] }),
        calls: "sql",
        metrics: "promql",
      },
      { stack: "litellm" },
    );
    expect(name(route("error_rate"))).toBe("metrics");
    expect(name(route("flagged_rate"))).toBe("calls");
    expect(route("thumbs_down_rate", { route: "chat" })).toMatchObject({
      name: "scores",
      signal: { label: "thumbs down", unit: "ratio", worse: "up" },
      whole: {
        query: { signal: "thumbs_down_rate", scope: { route: "chat" }, windowMs: 300_000 },
        shown: 'thumbs_down_rate where route = "chat" over 5m',
      },
    });
    expect(name(route({ ask: { signal: "error_rate" }, source: "calls" }))).toBe("calls");
    expect(name(route({ ask: { signal: "thumbs_down_rate" }, by: "route" }))).toBe("scores");
  });

  it("that cannot be narrowed at the first goes to the next, never unnarrowed", () => {
    const route = project({ metrics: "promql", calls: "sql" }, { stack: "vllm" });
    expect(name(route("error_rate", { route: "chat" }))).toBe("calls");
    expect(name(route({ ask: { signal: "tokens_out_rate" }, by: "user" }))).toBe("calls");
    expect(name(route("tokens_out_rate", { model: "m" }))).toBe("metrics");
    const alone = project({ metrics: "promql" }, { stack: "vllm" });
    expect(alone("error_rate", { route: "chat" })).toEqual({
      missing: false,
      why: "cannot be narrowed to route chat: http_requests_total has no label for route on stack vllm",
    });
    const scores = project({ scores: computed({ thumbs_down_rate: ["route"] }) });
    expect(shown(scores("thumbs_down_rate", { user: "u" }))).toBe(
      "cannot be narrowed to user u: the source computes it for all of them at once",
    );
    expect(shown(scores({ ask: { signal: "thumbs_down_rate" }, by: "model" }))).toBe(
      "cannot be split by model: the source computes it for all of them at once",
    );
  });

  it("that nothing has is missing, with what to look at instead", () => {
    const kong = project({ metrics: "promql", scores: computed({}) }, { stack: "kong" });
    expect(kong("tokens_out_p95")).toEqual({
      missing: true,
      why: "tokens_out_p95 is not available on stack kong; only sums are counted, use tokens_out_avg",
    });
    expect(project({ metrics: "promql" })("error_rate")).toEqual({
      missing: true,
      why: "error_rate is not available: the project names no stack",
    });
    expect(kong("eror_rate")).toMatchObject({
      missing: false,
      why: "there is no signal eror_rate, did you mean error_rate?",
    });
  });

  it("of the project's own is answered by that and by nothing else", () => {
    const overrides = {
      error_rate: { logql: 'sum(rate({app="a"} | json | status="error" [5m]))' },
      refusal_rate: { signal: "refused" },
      wishes: { promql: "sum(rate(wishes_total[5m]))" },
    };
    const route = project(
      { metrics: "promql", calls: "sql", logs: "logql", scores: computed({ refused: [], wishes: [], error_rate: [] }) },
      { stack: "seed", overrides },
    );
    expect(route("error_rate")).toMatchObject({ name: "logs", signal: { label: "error rate", unit: "ratio" } });
    expect(shown(route("refusal_rate"))).toBe("refused over 5m");
    expect(name(route("wishes"))).toBe("metrics");
    expect(route("wishes", { user: "u" })).toMatchObject({ missing: false });
    const logless = project({ metrics: "promql", calls: "sql" }, { stack: "seed", overrides });
    expect(logless("error_rate")).toEqual({ missing: true, why: "no source is set up that understands LogQL" });
    expect(logless({ ask: { signal: "error_rate" }, source: "metrics" })).toEqual({
      missing: true,
      why: "metrics is no source that understands LogQL",
    });
    expect(logless("refusal_rate")).toEqual({
      missing: true,
      why: "no source is set up that computes signals by itself",
    });
    expect(name(project({ metrics: "promql" }, { overrides })("wishes"))).toBe("metrics");
  });
});

describe("an expression", () => {
  const route = project(
    {
      metrics: "promql",
      logs: { language: "logql", labels: { route: { label: "route", at: "stream" } } },
      lines: "logsql",
    },
    { stack: "seed" },
  );
  it("goes to a source of its language", () => {
    expect(name(route({ ask: { logql: 'sum(rate({app="a"}[1m]))' } }))).toBe("logs");
    expect(name(route({ ask: { logsql: "error | stats count() n" } }))).toBe("lines");
    expect(name(route({ ask: { promql: "sum(x)" } }))).toBe("metrics");
    expect(route({ ask: { sql: "count(*)" } })).toEqual({
      missing: true,
      why: "no source is set up that understands SQL",
    });
  });
  it("over log lines keeps its window, and has one where it has none", () => {
    expect(route({ ask: { logql: 'sum(rate({app="a"}[1m]))' } })).toMatchObject({ windowMs: 60_000 });
    expect(shown(route({ ask: { logql: 'sum(rate({app="a"}[1m]))' } }, { route: "chat" }))).toBe(
      'sum(rate({app="a",route="chat"}[1m]))',
    );
    expect(shown(route({ ask: { logql: 'sum(rate({app="a"}[1m]))' }, windowMs: 600_000 }))).toBe(
      'sum(rate({app="a"}[10m]))',
    );
    expect(shown(route({ ask: { logsql: "error | stats count() n" } }))).toContain("_time:5m");
  });
  it("over log lines is not narrowed by what nobody said how to spell", () => {
    const { why } = route({ ask: { logql: 'sum(rate({app="a"}[1m]))' } }, { user: "u" }) as Nowhere;
    expect(why).toMatch(/^cannot be narrowed to user u: /);
  });
});
