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
    ["sum(x)", "sum(x)"],
    ['sum({__name__=~"a.*"})', 'sum({__name__=~"a.*"})'],
  ])("%s", (text, wanted) => {
    expect(respell(text, others)).toBe(wanted);
    expect(checkPromql(wanted)).toEqual([]);
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
    ['sum({__name__=~"gone.*"})', []],
    ["1", []],
  ])("%s", (text, wanted) => {
    expect(absent(text)).toEqual(wanted);
  });
});
