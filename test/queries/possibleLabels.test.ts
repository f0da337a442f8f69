import { describe, expect, it } from "vitest";
import { readPromql } from "../../src/queries/check.ts";
import { possibleLabels, lacks } from "../../src/queries/possibleLabels.ts";

/** Of these labels, those that the answer can have. */
function can(expression: string, ...labels: string[]): string[] {
  const { part, mistakes } = readPromql(expression);
  expect(mistakes).toEqual([]);
  const known = possibleLabels(part!);
  return labels.filter((label) => !lacks(known, label));
}

describe("the labels that an answer can have", () => {
  it.each<[string, string[]]>([
    ["up", ["a", "b", "le"]],
    ['up{a=""}', ["b", "le"]],
    ["rate(calls_total[5m])", ["a", "b", "le"]],
    ["sum(up)", []],
    ["sum by (a) (up)", ["a"]],
    ["sum without (a) (up)", ["b", "le"]],
    ['sum by (a, b) (up{b=""})', ["a"]],
    ["topk(3, up)", ["a", "b", "le"]],
    ["topk(3, sum by (a) (up))", ["a"]],
    ['count_values("b", sum by (a) (up))', ["b"]],
    ["histogram_quantile(0.9, sum by (a, le) (rate(x_bucket[5m])))", ["a"]],
    ["vector(1)", []],
    ["time()", []],
    ["absent(up)", []],
    ['absent(up{a="x", b=~"y"})', ["a"]],
    ['absent_over_time(up{a="x"}[5m])', ["a"]],
    ['label_replace(sum(up), "a", "$1", "b", "(.*)")', ["a"]],
    ["sum by (a) (up) > 5", ["a"]],
    ["5 < sum by (a) (up)", ["a"]],
    ["sum by (a) (x) / sum by (a) (y)", ["a"]],
    ["x / on (a) y", ["a"]],
    ["x / ignoring (a) y", ["b", "le"]],
    ["sum by (a) (x) / on () group_left sum(y)", ["a"]],
    ["x * on (a) group_left (b) sum by (a, b) (y)", ["a", "b", "le"]],
    ["sum by (a) (x) * on (a) group_left (b) y", ["a", "b"]],
    ["sum by (a) (x) and on () y", ["a"]],
    ["sum by (a) (x) unless y", ["a"]],
    ["sum by (a) (x) or sum by (b) (y)", ["a", "b"]],
    ["sum by (a) (x) or y", ["a", "b", "le"]],
    ['x{a=""} or y{a="", b=""}', ["b", "le"]],
    ["-sum by (a) (x)", ["a"]],
    ["max_over_time(sum by (a) (x)[1h:1m])", ["a"]],
    ["scalar(x)", []],
  ])("%s: %j", (expression, labels) => expect(can(expression, "a", "b", "le")).toEqual(labels));
});
