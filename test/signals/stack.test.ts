import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkPromql } from "../../src/queries/check.ts";
import { childrenOf, findNodes, parsePromql } from "../../src/queries/promql.ts";
import { windowOf } from "../../src/queries/rewrite.ts";
import { selectorsOf } from "../../src/queries/selector.ts";
import { prepare, prepareText } from "../../src/signals/prepare.ts";
import { readCatalogue, readStack } from "../../src/signals/stack.ts";
import { shippedCatalogue, shippedStack } from "./stacks.ts";

const seed = shippedStack("seed");
const promqlStacks = readdirSync(new URL("../../runbooks/signals", import.meta.url))
  .filter((file) => file !== "catalogue.yaml")
  .map((file) => shippedStack(file.replace(/\.yaml$/, "")))
  .filter((stack) => stack.language === "promql");

describe.each(promqlStacks)("shipped stack $name", (stack) => {
  const queries = [...stack.queries.values()];

  it.each(queries)(
    "$name is valid, has 5m windows, and can be narrowed and split or says why not",
    ({ name, text }) => {
      expect(checkPromql(text)).toEqual([]);
      expect([undefined, 300_000]).toContain(windowOf(text));
      for (const selector of selectorsOf(text)) expect(selector.metric).toBeDefined();
      for (const dimension of ["route", "tenant", "user", "model", "provider"] as const) {
        const known = selectorsOf(text).every(({ metric }) => stack.label(metric!, dimension) !== undefined);
        expect("query" in prepare(stack, name, { scope: { [dimension]: "x" } })).toBe(known);
        const split = prepare(stack, name, { scope: {}, by: dimension });
        expect("query" in split).toBe(known);
        const label = known ? stack.label(selectorsOf(text)[0]!.metric!, dimension) : undefined;
        expect("query" in split ? split.label : undefined).toBe(label);
      }
    },
  );

  it.each(queries)("$name divides aggregates only, and takes quantiles of what keeps le", ({ text }) => {
    for (const division of findNodes(parsePromql(text), "BinaryExpr").filter((node) => node.getChild("Div") !== null)) {
      for (const selector of findNodes(parsePromql(text), "VectorSelector")) {
        if (selector.from < division.from || selector.to > division.to) continue;
        let aggregated = false;
        for (let up = selector.parent; up !== null; up = up.parent) aggregated ||= up.name === "AggregateExpr";
        expect(aggregated).toBe(true);
      }
    }
    for (const call of findNodes(parsePromql(text), "HistogramQuantile")) {
      const body = call.parent!.parent!.getChild("FunctionCallBody")!;
      const inner = childrenOf(body).at(-1)!;
      expect(text.slice(inner.from, inner.to)).toMatch(/^sum by \(le\)/);
    }
  });
});

describe("the catalogue", () => {
  const catalogue = shippedCatalogue();
  it("has short labels, each once, and an objective only where it can be met", () => {
    const labels = [...catalogue.values()].map((signal) => signal.label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const label of labels) expect(label.length).toBeLessThanOrEqual(21);
  });
  it("calls additive only what is a sum", () => {
    const units = [...catalogue.values()].filter((signal) => signal.additive).map((signal) => signal.unit);
    expect(new Set(units)).toEqual(new Set(["1/s", "count", "usd/h", "tokens/s"]));
  });
});

describe("readStack", () => {
  const catalogue = shippedCatalogue();
  it("finds unknown signals and keys at their place", () => {
    const text = "stack: x\nlanguage: promql\nsignals:\n  error_ratte: up\n";
    expect(readStack({ catalogue, stack: { text, file: "x.yaml" } }).findings).toMatchObject([
      {
        file: "x.yaml",
        at: { line: 4, column: 3 },
        message: "there is no signal error_ratte, did you mean error_rate?",
      },
    ]);
    const wrong = readStack({
      catalogue,
      stack: { text: "stack: x\nlanguage: sparql\nsignals: {}\nfoo: 1\n", file: "x.yaml" },
    });
    expect(wrong.stack).toBeUndefined();
    expect(wrong.findings.map((f) => f.at.line)).toEqual([2, 4]);
    expect(readStack({ catalogue, stack: { text: "signals: [", file: "x.yaml" } }).findings).not.toEqual([]);
    expect(readCatalogue({ text: "a: { unit: miles }", file: "c.yaml" }).catalogue).toBeUndefined();
  });

  it("lets the project replace a query, add a signal with its labels, and change an objective", () => {
    const stack = shippedStack("seed", {
      error_rate: { promql: "sum(rate(my_errors_total[5m]))", labels: { route: "path" } },
      wishes: { promql: "sum(rate(wishes_total[5m]))", unit: "1/s", worse: "up" },
      latency_p95: { objective: { kind: "bound", bound: { operator: "<", number: 1 } } },
    });
    expect(prepare(stack, "error_rate", { scope: { route: "a" } })).toMatchObject({
      shown: 'sum(rate(my_errors_total{path="a"}[5m]))',
    });
    expect(prepare(stack, "wishes", { scope: { route: "a" } })).toMatchObject({
      refused: expect.stringContaining("wishes_total has no label for route") as string,
    });
    expect(stack.queries.get("wishes")).toMatchObject({ label: "wishes", unit: "1/s", worse: "up", additive: false });
    expect(stack.queries.get("latency_p95")).toMatchObject({
      label: "latency p95",
      unit: "s",
      objective: { bound: { number: 1 } },
    });
    expect(stack.queries.get("latency_p95")!.text).toContain("llm_request_duration_seconds_bucket");
  });

  it("lets another of the stack's dimensions play a part", () => {
    const stack = shippedStack("seed", {}, { route: "tenant" });
    expect(prepare(stack, "request_rate", { scope: { route: "a" } })).toMatchObject({
      shown: 'sum(rate(llm_requests_total{tenant="a"}[5m]))',
    });
    expect(stack.labels).toMatchObject({ route: "tenant" });
  });
});

describe("prepare", () => {
  it("narrows, splits, sets the window and adds the source's own matchers", () => {
    const asking = {
      scope: { tenant: "acme", route: "a" },
      by: "model",
      windowMs: 60_000,
      match: { job: "llm" },
    } as const;
    expect(prepare(seed, "cost_per_hour", asking)).toEqual({
      query: { promql: 'sum by (model) (rate(llm_token_cost_dollars{job="llm",route="a",tenant="acme"}[1m])) * 3600' },
      shown: 'sum by (model) (rate(llm_token_cost_dollars{job="llm",route="a",tenant="acme"}[1m])) * 3600',
      label: "model",
    });
  });

  it.each([
    [
      "cost_per_hour",
      { scope: { user: "u" } },
      { refused: "cannot be narrowed to user u: llm_token_cost_dollars has no label for user on stack seed" },
    ],
    [
      "cost_per_hour",
      { scope: {}, by: "user" as const },
      { refused: "cannot be split by user: llm_token_cost_dollars has no label for user on stack seed" },
    ],
    [
      "provider_error_rate",
      { scope: { tenant: "a" } },
      { refused: "cannot be narrowed to tenant a: llm_provider_errors_total has no label for tenant on stack seed" },
    ],
    [
      "groundedness_score",
      { scope: { tenant: "a" } },
      { refused: "cannot be narrowed to tenant a: llm_eval_score has no label for tenant on stack seed" },
    ],
    ["refusal_rate", { scope: {} }, { refused: "refusal_rate is not available on stack seed", missing: true }],
    ["eror_rate", { scope: {} }, { refused: "there is no signal eror_rate, did you mean error_rate?" }],
  ])("%s %o is refused", (signal, asking, refusal) => {
    expect(prepare(seed, signal, asking)).toEqual(refusal);
  });

  it("never narrows one side of an expression only", () => {
    const text = "sum(rate(llm_provider_errors_total[5m])) / sum(rate(llm_requests_total[5m]))";
    expect(prepareText(seed, text, { scope: { route: "a" } })).toHaveProperty("refused");
    expect(prepareText(seed, text, { scope: { provider: "a" } })).toHaveProperty("refused");
    expect(prepareText(seed, text, { scope: {} })).toHaveProperty("query");
    expect(prepareText(seed, '{__name__=~"llm_requests.*|other"}', { scope: { route: "a" } })).toHaveProperty(
      "refused",
    );
  });
});
