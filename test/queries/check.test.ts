import { describe, expect, it } from "vitest";
import { checkPromql } from "../../src/queries/check.ts";

/** expression, what is underlined, message */
const wrong: [string, string, string][] = [
  ["", "", "the expression is empty"],
  ["foo(x)", "foo", "there is no function foo, did you mean floor?"],
  ["ratee(x[5m])", "ratee", "there is no function ratee, did you mean rate?"],
  ["sum by le (x)", "le", "le is not expected here; labels are listed in brackets: by (label, label)"],
  ["rate(x[5m)", "[", "the [ is not closed"],
  ["rate(a[5m", "[", "the [ is not closed"],
  ["sum(rate(a[5m])", "(", "the ( is not closed"],
  ["sum(rate(a[5m])))", ")", "this ) closes nothing"],
  ["a{", "{", "the { is not closed"],
  ['"abc', '"abc', 'the string that starts with " is not closed'],
  ['a{b="c}', '"c}', 'the string that starts with " is not closed'],
  ['a{b="\\"}', '"\\"}', 'the string that starts with " is not closed'],
  ["a{b=c}", "c", 'c is not expected here; label values are quoted: label="value"'],
  ['a{b="x" c="y"}', "c", "c is not expected here; matchers are separated by commas"],
  ["a or", "", "the expression ends too early"],
  ["up and on(job)", "", "the expression ends too early"],
  ["a >> b", ">", "> is not expected here"],
  ["a b", "b", "b is not expected here"],
  ["foo[5x]", "x", "x is not expected after a number; durations look like 5m, 90s, 1h30m"],
  ["{}", "{}", "{} would select everything: name a metric"],
  ['rate(x{a="\u001b[31m"}[5m]) \u001b', "\u001b", "\\u001b is not expected here"],
];

describe("checkPromql", () => {
  it.each(wrong)("%s", (text, underlined, message) => {
    const [mistake, ...more] = checkPromql(text);
    expect(more).toEqual([]);
    expect(mistake?.message).toBe(message);
    expect(text.slice(mistake!.from, mistake!.to)).toBe(underlined);
  });

  it.each([
    'sum by (le,) (rate(a{b="c",}[5m])) # comment',
    '{"my.metric", "my.label"=~"x|y"}',
    "histogram_quantile(0.95, sum without (pod) (rate(x_bucket[5m] offset 1h)))",
    "max_over_time(rate(a[5m])[1h:1m]) @ end()",
    "'single' == bool 1",
    '"ends with a backslash \\\\"',
    "a\n  and on (job) group_left (x) b",
  ])("accepts %s", (text) => {
    // a string compared with a number is wrong in another way: this looks at syntax only
    expect(checkPromql(text)).toEqual([]);
  });

  it("underlines the first of several mistakes", () => {
    expect(checkPromql("sum(a b) + (c d")[0]).toMatchObject({ from: 6, to: 7 });
  });
});
