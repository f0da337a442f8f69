import { describe, expect, it } from "vitest";
import { absentMetrics } from "../../src/queries/absent.ts";
import { checkPromql } from "../../src/queries/check.ts";
import { respell } from "../../src/queries/respell.ts";

const others = (metric: string) => (metric.startsWith("a") ? [`b${metric.slice(1)}`, `c${metric.slice(1)}`] : []);

describe("respell", () => {
  it.each([
    ["max(a)", "max(a or b or c)"],
    ["sum(rate(a_sum[5m]))", "sum(rate(a_sum[5m]) or rate(b_sum[5m]) or rate(c_sum[5m]))"],
    ['a{x="a[5m]"} * 2', '(a{x="a[5m]"} or b{x="a[5m]"} or c{x="a[5m]"}) * 2'],
    [
      "x / sum(increase(a[1h] offset 5m))",
      "x / sum(increase(a[1h] offset 5m) or increase(b[1h] offset 5m) or increase(c[1h] offset 5m))",
    ],
    ["sum(a offset 5m)", "sum(a offset 5m or b offset 5m or c offset 5m)"],
    ["sum(rate(a[5m] @ 60))", "sum(rate(a[5m] @ 60) or rate(b[5m] @ 60) or rate(c[5m] @ 60))"],
    // [..], offset and @ belong to what stands right before them, whatever the grammar's tree says
    ["x + a offset 5m", "x + (a offset 5m or b offset 5m or c offset 5m)"],
    ["sum(x * a @ 60 > 1)", "sum(x * (a @ 60 or b @ 60 or c @ 60) > 1)"],
    ["-a offset 5m @ end()", "-(a offset 5m @ end() or b offset 5m @ end() or c offset 5m @ end())"],
    ["a + a offset -1h", "(a or b or c) + (a offset -1h or b offset -1h or c offset -1h)"],
    ["max_over_time(a[1h:1m])", "max_over_time((a or b or c)[1h:1m])"],
    ["-rate(a[5m] offset 1h)", "-(rate(a[5m] offset 1h) or rate(b[5m] offset 1h) or rate(c[5m] offset 1h))"],
    ["rate((a[5m]))", "(rate((a[5m])) or rate((b[5m])) or rate((c[5m])))"],
    ["quantile_over_time(scalar(a_q), x[5m])", "quantile_over_time(scalar(a_q or b_q or c_q), x[5m])"],
    [
      "max(quantile_over_time(scalar(a), a[5m]))",
      "max(quantile_over_time(scalar(a or b or c), a[5m]) or quantile_over_time(scalar(a or b or c), b[5m]) or quantile_over_time(scalar(a or b or c), c[5m]))",
    ],
    ["sum(x)", "sum(x)"],
    ['sum({__name__=~"a.*"})', 'sum({__name__=~"a.*"})'],
  ])("%s", (text, wanted) => {
    expect(respell(text, others)).toBe(wanted);
    expect(checkPromql(wanted)).toEqual([]);
  });

  it("leaves alone what it cannot read, and a range that no function is around", () => {
    expect(respell("sum(a", others)).toBe("sum(a");
    expect(respell("a[5m]", others)).toBe("a[5m]");
  });
});

describe("absentMetrics", () => {
  const absent = (text: string) => absentMetrics(text, (metric) => metric === "here" || metric === "too");
  it.each([
    ["here / too", []],
    ["here / gone", ["gone"]],
    ["gone + lost + gone", ["gone", "lost"]],
    ["gone or here", []],
    ["here or gone", []],
    ["gone or lost", ["gone"]],
    ["sum(rate(gone[5m]) or rate(here[5m])) / too", []],
    ["(sum(gone) or 0 * sum(here)) / (sum(here) > 0)", []],
    ["gone or (here unless on () lost)", []],
    ["here and on (job) gone", ["gone"]],
    ["gone + here offset 5m", ["gone"]],
    ["here or gone offset 5m + lost", []],
    ["here unless gone offset 5m * lost", []],
    ["here or gone @ 60 * lost", []],
    ["-gone offset 5m or here", []],
    ['sum({__name__=~"gone.*"})', []],
    ["1", []],
  ])("%s", (text, wanted) => {
    expect(absent(text)).toEqual(wanted);
  });
});
