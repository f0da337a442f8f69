import { describe, expect, it } from "vitest";
import { findNodes, parsePromql } from "../../src/queries/promql.ts";
import { quote, unquote } from "../../src/queries/quote.ts";
import { rewrite, windowOf } from "../../src/queries/rewrite.ts";
import { metricNames, selectorsOf } from "../../src/queries/selector.ts";

const route = { filters: () => [{ label: "route", value: "a" }] };
const byRoute = { by: () => "route" };

function promql(result: ReturnType<typeof rewrite>): string {
  if ("refused" in result) throw new Error(result.refused);
  return result.promql;
}

function refused(result: ReturnType<typeof rewrite>): string {
  if ("promql" in result) throw new Error(`not refused: ${result.promql}`);
  return result.refused;
}

describe("filters", () => {
  it.each([
    ["x", 'x{route="a"}'],
    ["x{}", 'x{route="a"}'],
    ['x{b="c"}', 'x{b="c",route="a"}'],
    ['x{b="c",}', 'x{b="c",route="a",}'],
    ['x{b="c" # why\n}', 'x{b="c",route="a" # why\n}'],
    ['{"my.metric"}', '{"my.metric",route="a"}'],
    ['{__name__=~"x_(a|b)_total"}[5m]', '{__name__=~"x_(a|b)_total",route="a"}[5m]'],
    ['x{route="a"}', 'x{route="a"}'],
    ['x{route="b"}', 'x{route="b",route="a"}'],
    ["rate(x[5m] offset 1h) / on (job) y", 'rate(x{route="a"}[5m] offset 1h) / on (job) y{route="a"}'],
    ["sum(x) # x{}", 'sum(x{route="a"}) # x{}'],
  ])("%s", (before, after) => {
    expect(promql(rewrite(before, route))).toBe(after);
  });

  it("adds the matchers of the source first and quotes what is no plain label", () => {
    const how = { match: { job: "llm", "my.label": "x" }, ...route };
    expect(promql(rewrite("x", how))).toBe('x{job="llm","my.label"="x",route="a"}');
  });

  it("hands the name of each selector to the one who knows the labels", () => {
    const seen: (string | undefined)[] = [];
    const filters = (metric: string | undefined) => {
      seen.push(metric);
      return [];
    };
    rewrite(
      'a + {"b.c"} + {__name__="d"} + {__name__=~"e_total|f_total"} + {__name__=~"g_?h"} + {job="x"} + {__name__=~".+"}',
      { filters },
    );
    expect(seen).toEqual(["a", "b.c", "d", undefined, "g", undefined, undefined]);
  });

  it("passes a refusal on, whichever side of a ratio it concerns", () => {
    const filters = (metric: string | undefined) => (metric === "b" ? { refused: "b has no route" } : []);
    expect(refused(rewrite("sum(a) / sum(b)", { filters }))).toBe("b has no route");
  });

  it("refuses what cannot be read", () => {
    expect(refused(rewrite("sum(x", route))).toBe("the expression cannot be read: the ( is not closed");
  });
});

describe("windows", () => {
  it("replaces every range and keeps offsets and the steps of subqueries", () => {
    const text = "rate(x[5m] offset 1h) / max_over_time(rate(y[1h])[2h:1m])";
    expect(promql(rewrite(text, { windowMs: 75_000 }))).toBe(
      "rate(x[1m15s] offset 1h) / max_over_time(rate(y[1m15s])[1m15s:1m])",
    );
    expect(windowOf(text)).toBe(7_200_000);
    expect(promql(rewrite("-rate(x[5m]) + max_over_time(y[2h:1m] offset 1h)", { windowMs: 75_000 }))).toBe(
      "-rate(x[1m15s]) + max_over_time(y[1m15s:1m] offset 1h)",
    );
    expect(windowOf("x")).toBeUndefined();
  });
});

describe("by", () => {
  it.each([
    ["sum(rate(x[5m]))", "sum by (route) (rate(x[5m]))"],
    ["sum (x)", "sum by (route) (x)"],
    ["sum(x) by (le)", "sum(x) by (le, route)"],
    // the grammar's tree has (vector(0) or y) offset 5m
    ["sum(vector(0) or y offset 5m * z)", "sum by (route) (y offset 5m * z)"],
    ["sum(x) + sum(y offset 5m) or vector(0)", "sum by (route) (x) + sum by (route) (y offset 5m)"],
    [
      "sum(x) / on (job) -sum(max_over_time(y[1h:1m] @ end())) or vector(0)",
      "sum by (route) (x) / on (job, route) -sum by (route) (max_over_time(y[1h:1m] @ end()))",
    ],
    ["sum by (le,) (x)", "sum by (le, route,) (x)"],
    ["sum by () (x)", "sum by (route) (x)"],
    ["sum by (route) (x)", "sum by (route) (x)"],
    [
      "histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))",
      "histogram_quantile(0.95, sum by (le, route) (rate(x_bucket[5m])))",
    ],
    ["max(sum by (pod) (x))", "max by (route) (sum by (pod, route) (x))"],
    ["sum(a) / on () sum(b)", "sum by (route) (a) / on (route) sum by (route) (b)"],
    ["1 - sum(a) / (sum(b) > 0)", "1 - sum by (route) (a) / (sum by (route) (b) > 0)"],
    ["(sum(a) or vector(0)) / sum(b)", "(sum by (route) (a)) / sum by (route) (b)"],
    ["sum(a) or on () vector(0)", "sum by (route) (a)"],
    ["sum(a) or (vector(0))", "sum by (route) (a)"],
    ["vector(0) or sum(a)", "sum by (route) (a)"],
    ["sum(a) or 0 * sum(b)", "sum by (route) (a) or 0 * sum by (route) (b)"],
    ["quantile(0.9, x)", "quantile by (route) (0.9, x)"],
  ])("%s", (before, after) => {
    expect(promql(rewrite(before, byRoute))).toBe(after);
  });

  it("quotes a label that is no plain name", () => {
    expect(promql(rewrite("sum(x)", { by: () => "my.route" }))).toBe('sum by ("my.route") (x)');
  });

  it.each([
    ["topk(3, sum(x))", "an expression with topk() cannot be split by route"],
    ["count_values('v', x)", "an expression with count_values() cannot be split by route"],
    ["sum without (pod) (x)", 'an expression with "without" cannot be split by route: write "by"'],
    ["rate(x[5m])", "x is not inside sum(...) or the like, it cannot be split"],
    ["sum(a) / b", "b is not inside sum(...) or the like, it cannot be split"],
    ["sum(a) * scalar(sum(b))", "an expression with scalar() cannot be split by route"],
    ["vector(1) - sum(a)", "an expression with vector() cannot be split by route"],
    ["sum(a) / ignoring (route) sum(b)", "the expression ignores route, it cannot be split by it"],
    ["vector(1)", "the expression names no metric, it cannot be split"],
  ])("refuses %s", (text, why) => {
    expect(refused(rewrite(text, byRoute))).toBe(why);
  });

  it("refuses to join two families that spell the dimension differently", () => {
    const by = (metric: string | undefined) => (metric === "a" ? "route" : "service");
    expect(refused(rewrite("sum(a) / sum(b)", { by }))).toBe(
      "a has the label route where b has service: they cannot be split together",
    );
  });
});

describe("G10: values are data", () => {
  const hostile = [
    'gpt"} or vector(0) #',
    "a\\",
    'a\\"} or x{b="',
    "two\nlines\r\tand a tab",
    "` ' \" { } [ ] ( ) , = !~ #",
    "\u0000\u001b[31m\u007f",
    "münchen 🚑 \u202e",
    "\ud800 alone",
    "",
    "$(rm -rf) ${x} {{ $labels.x }} %s",
    "\\x22} or vector(1) #",
  ];

  it.each(hostile)("%j keeps the shape of the tree and arrives unchanged", (value) => {
    const text = 'sum(rate(x{b="c"}[5m])) / (sum(rate(y[5m])) > 0)';
    const plain = promql(rewrite(text, { filters: () => [{ label: "model", value: "gpt" }] }));
    const attacked = promql(rewrite(text, { filters: () => [{ label: "model", value }] }));
    expect(shape(attacked)).toEqual(shape(plain));
    expect(metricNames(attacked)).toEqual(["x", "y"]);
    const matchers = findNodes(parsePromql(attacked), "UnquotedLabelMatcher").map((m) => attacked.slice(m.from, m.to));
    const models = matchers.filter((m) => m.startsWith("model=")).map((m) => unquote(m.slice("model=".length)));
    expect(models).toEqual([value, value].map((v) => v.replace("\ud800", "\ufffd")));
  });

  it("survives any mix of what a string could end with", () => {
    const pieces = ['"', "'", "`", "\\", "\n", "}", "{", ")", "#", "x", '="', " or vector(0)"];
    for (let i = 0; i < 500; i++) {
      const value = Array.from(
        { length: i % 9 },
        (_, k) => pieces[(i * 7 + k * k * 5 + (i >> (k % 5))) % pieces.length],
      ).join("");
      const after = promql(rewrite("sum(x)", { filters: () => [{ label: "l", value }] }));
      expect(selectorsOf(after)).toHaveLength(1);
      expect(after).toBe(`sum(x{l=${quote(value)}})`);
      expect(unquote(quote(value))).toBe(value);
    }
  });
});

function shape(text: string): string[] {
  const names: string[] = [];
  parsePromql(text).iterate({ enter: (node) => void names.push(node.name) });
  return names;
}
