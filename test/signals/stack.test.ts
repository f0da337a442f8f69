import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkPromql } from "../../src/queries/check.ts";
import { childrenOf, findNodes, parsePromql } from "../../src/queries/promql.ts";
import { windowOf } from "../../src/queries/rewrite.ts";
import { selectorsOf } from "../../src/queries/selector.ts";
import { prepare, prepareText } from "../../src/signals/prepare.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { signalSchema } from "../../src/signals/own.ts";
import { readCatalogue, readStack } from "../../src/signals/stack.ts";
import { shippedCatalogue, shippedStack } from "./stacks.ts";

const seed = shippedStack("seed");
const allStacks = readdirSync(new URL("../../runbooks/signals", import.meta.url))
  .filter((file) => file !== "catalogue.yaml")
  .map((file) => shippedStack(file.replace(/\.yaml$/, "")));
const promqlStacks = allStacks.filter((stack) => stack.language === "promql");
/** what prices in llmops.yaml add */
const priced = ["cost_per_hour", "cost_per_request"];

describe.each(promqlStacks)("shipped stack $name", (stack) => {
  const queries = [...stack.queries.values()];

  it.each(queries)(
    "$name is valid, has 5m windows, and can be narrowed and split or says why not",
    ({ name, text }) => {
      expect(checkPromql(text)).toEqual([]);
      expect([undefined, 300_000]).toContain(windowOf(text));
      for (const selector of selectorsOf(text)) expect(selector.metric).toBeDefined();
      for (const dimension of ["route", "tenant", "user", "model", "provider"] as const) {
        const labels = selectorsOf(text).map(({ metric }) => stack.label(metric!, dimension));
        expect("query" in prepare(stack, name, { scope: { [dimension]: "x" } })).toBe(!labels.includes(undefined));
        const split = prepare(stack, name, { scope: {}, by: dimension });
        const [label, ...others] = new Set(labels);
        expect("query" in split ? split.label : undefined).toBe(others.length === 0 ? label : undefined);
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

describe.each(allStacks)("shipped stack $name", (stack) => {
  const missing = [...stack.catalogue.keys()].filter((signal) => !stack.queries.has(signal));

  it("says of every signal that it does not have what to look at instead", () => {
    for (const signal of stack.without.keys()) expect(missing).toContain(signal);
    for (const signal of missing) {
      const refused = prepare(stack, signal, { scope: {} });
      expect(refused).toMatchObject({ missing: true });
      const why = (refused as { refused: string }).refused;
      expect(why, signal).toMatch(/ is not available on stack \w+; ./);
      expect(why.length).toBeLessThan(200);
      for (const [, word] of (stack.without.get(signal) ?? "").matchAll(/use (\w+)/g))
        expect([...stack.queries.keys(), ...priced], `${signal}: use ${word}`).toContain(word);
    }
  });
  it("has notes that are short, and no sentences", () => {
    const notes = [...stack.queries.values()].flatMap(({ note }) => note ?? []);
    expect(notes.filter((note) => !/^[^.]{10,90}$/.test(note))).toEqual([]);
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
    const without = "stack: x\nlanguage: promql\nsignals: {}\nwithout:\n  eror_rate: not counted\n";
    expect(readStack({ catalogue, stack: { text: without, file: "x.yaml" } }).findings).toMatchObject([
      { at: { line: 5, column: 3 }, message: "there is no signal eror_rate, did you mean error_rate?" },
    ]);
    const wrong = readStack({
      catalogue,
      stack: { text: "stack: x\nlanguage: sparql\nsignals: {}\nfoo: 1\n", file: "x.yaml" },
    });
    expect(wrong.stack).toBeUndefined();
    expect(wrong.findings.map((f) => f.at.line)).toEqual([2, 4]);
    const cell = "stack: x\nlanguage: promql\nsignals:\n  error_rate: { query: up, not: e }\n";
    expect(readStack({ catalogue, stack: { text: cell, file: "x.yaml" } }).findings.map((f) => f.message)).toEqual([
      "unknown key `not`, did you mean note?",
    ]);
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

  it("lets the project write a signal in any language: its key", () => {
    for (const language of ["promql", "logql", "logsql", "sql", "signal"] as const) {
      const stack = shippedStack("seed", { error_rate: { [language]: "x" } });
      expect(stack.queries.get("error_rate")).toMatchObject({ language, text: "x", own: true, label: "error rate" });
    }
    expect(checkValue(signalSchema, { logql: "a", promql: "b" }).mistakes.map((m) => m.message)).toEqual([
      expect.stringContaining("expected only one of promql, logql, logsql, sql and signal"),
    ]);
  });

  it("knows the project's signals where it names no stack", () => {
    const { stack } = readStack({ catalogue, overrides: { wishes: { promql: "sum(wishes)" } } });
    expect(prepare(stack!, "wishes", { scope: {} })).toMatchObject({ shown: "sum(wishes)" });
    expect(prepare(stack!, "error_rate", { scope: {} })).toEqual({
      refused: "error_rate is not available: the project names no stack",
      missing: true,
    });
  });

  it("asks for every spelling of a metric, the newest first", () => {
    const text = (stack: string, signal: string) => shippedStack(stack).queries.get(signal)!.text;
    expect(text("vllm", "kv_cache_usage")).toBe("max(vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc)");
    expect(text("envoy", "tokens_in_rate")).toBe(
      'sum(rate(gen_ai_client_token_usage_sum{gen_ai_token_type="input"}[5m]) or rate(gen_ai_client_token_usage_token_sum{gen_ai_token_type="input"}[5m]))',
    );
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
    [
      "refusal_rate",
      { scope: {} },
      {
        refused:
          "refusal_rate is not available on stack seed; instead: logs, scores of an evaluation service, or a counter of your own under signals: in llmops.yaml",
        missing: true,
      },
    ],
    ["eror_rate", { scope: {} }, { refused: "there is no signal eror_rate, did you mean error_rate?" }],
  ])("%s %o is refused", (signal, asking, refusal) => {
    expect(prepare(seed, signal, asking)).toEqual(refusal);
  });

  it.each([
    ["cost_per_request", "provider"],
    ["retry_amplification", "provider"],
    ["retry_amplification", "user"],
  ] as const)("litellm's %s has %s on one side only: refused", (signal, dimension) => {
    const litellm = shippedStack("litellm");
    for (const asking of [{ scope: { [dimension]: "x" } }, { scope: {}, by: dimension }])
      expect(prepare(litellm, signal, asking)).toMatchObject({
        refused: expect.stringContaining(`has no label for ${dimension} on stack litellm`) as string,
      });
  });

  it.each([
    ["seed", "tenant", "tenant", {}],
    ["seed", "model", "model", {}],
    ["litellm", "tenant", "team_alias", {}],
    ["litellm", "user", "end_user", {}],
    ["litellm", "model", "model", {}],
    ["otel", "model", "gen_ai_request_model", {}],
    ["otel", "tenant", "service_name", { tenant: "route" }],
    ["kong", "tenant", "consumer", {}],
    ["kong", "user", "consumer", { user: "tenant" }],
    ["kong", "model", "ai_model", {}],
    ["portkey", "tenant", "metadata_organization_id", {}],
    ["portkey", "user", "metadata_user_id", {}],
    ["portkey", "model", "model", {}],
  ] as const)("%s: cost by %s is cost by %s", (name, by, label, parts) => {
    const split = prepare(shippedStack(name, {}, parts), "cost_per_hour", { scope: {}, by });
    expect(split).toMatchObject({ label, shown: expect.stringContaining(`sum by (${label}) (rate(`) as string });
  });

  it("tells what is near the signal but not the signal, and what other applications may count too", () => {
    const note = (stack: string, signal: string, match?: Record<string, string>) => {
      const prepared = prepare(shippedStack(stack), signal, { scope: {}, ...(match === undefined ? {} : { match }) });
      return "query" in prepared ? prepared.note : prepared;
    };
    expect(note("litellm", "error_rate")).toBeUndefined();
    expect(note("litellm", "ttft_p95")).toBe("streamed answers only");
    expect(note("portkey", "guardrail_violation_rate")).toBe(
      "answers denied (446) and answers let through all the same (246); other applications may count request_count too: give the source a match",
    );
    expect(note("vllm", "error_rate", { job: "vllm" })).toBeUndefined();
    expect(note("vllm", "request_rate")).toMatch(/^finished requests/);
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
