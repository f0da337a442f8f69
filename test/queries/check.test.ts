import { describe, expect, it } from "vitest";
import { checkPromql } from "../../src/queries/check.ts";
import type { Part } from "../../src/queries/part.ts";
import { readPromql } from "../../src/queries/read.ts";

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
  ["a =< 1", "=<", "=< is not expected here; write <="],
  ["up and on(job)", "", "the expression ends too early"],
  ["a >> b", ">", "> is not expected here"],
  ["a b", "b", "b is not expected here"],
  ["foo[5x]", "x", "x is not expected after a number; durations look like 5m, 90s, 1h30m"],
  ["{}", "{}", "{} would select everything: name a metric"],
  ['rate(x{a="\u001b[31m"}[5m]) \u001b', "\u001b", "\\u001b is not expected here"],
];

/** expression, then for each mistake what is underlined and the message */
const mistyped: [string, ...string[]][] = [
  ["rate(a)", "a | rate() needs a range of samples, this is an instant vector: write a[5m]"],
  [
    "rate(sum(a))",
    "sum(a) | rate() needs a range of samples, this is an instant vector: sum() comes after it, sum(rate(x[5m])); else make a subquery, (…)[1h:]",
  ],
  [
    "rate(sum(rate(a[5m])))",
    "sum(rate(a[5m])) | rate() needs a range of samples, this is an instant vector: sum() comes after it, sum(rate(x[5m])); else make a subquery, (…)[1h:]",
  ],
  [
    "rate(abs(a))",
    "abs(a) | rate() needs a range of samples, this is an instant vector: make a subquery of it, abs(a)[1h:]",
  ],
  [
    "rate(a offset 5m)",
    "a offset 5m | rate() needs a range of samples, this is an instant vector: put the window behind the metric, x[5m] offset 1h",
  ],
  ["rate(1)", "1 | rate() needs a range of samples, this is a number: write a metric with a window, x[5m]"],
  [
    "sum(a[5m])",
    "a[5m] | sum() needs an instant vector, this is a range of samples: put a function like rate() or max_over_time() around it",
  ],
  ["sum(rate(a[5m]), 2)", "sum(rate(a[5m]), 2) | sum() takes 1 argument, here are 2: sum(vector)"],
  ["topk(a)", "topk(a) | topk() takes 2 arguments, here is 1: topk(number, vector)"],
  ["topk(a, 5)", "topk(a, 5) | topk() takes them the other way round: topk(number, vector)"],
  ['topk("5", a)', '"5" | the first argument of topk() needs a number, this is a text: write it without quotes'],
  [
    "count_values(v, a)",
    'v | the first argument of count_values() needs a text, this is an instant vector: write it in quotes, "…"',
  ],
  ["quantile(0.9)", "quantile(0.9) | quantile() takes 2 arguments, here is 1: quantile(number, vector)"],
  ["abs()", "abs() | abs() takes 1 argument, here are 0: abs(vector)"],
  ["abs(1)", "1 | abs() needs an instant vector, this is a number: write vector(1)"],
  ["vector(a)", "a | vector() needs a number, this is an instant vector: write scalar(a)"],
  ["time(a)", "time(a) | time() takes no argument, here is 1: time()"],
  ["clamp(a, 1)", "clamp(a, 1) | clamp() takes 3 arguments, here are 2: clamp(vector, number, number)"],
  ["round(a, 1, 2)", "round(a, 1, 2) | round() takes 1 to 2 arguments, here are 3: round(vector, number?)"],
  [
    "label_join(a, b)",
    'label_join(a, b) | label_join() takes 3 arguments or more, here are 2: label_join(vector, "text", "text", "text"?, …)',
  ],
  [
    "histogram_quantile(a, 0.9)",
    "histogram_quantile(a, 0.9) | histogram_quantile() takes them the other way round: histogram_quantile(number, vector)",
  ],
  [
    'label_replace(a, x, "y", "z", "q")',
    'x | label_replace() needs a text, this is an instant vector: write it in quotes, "…"',
  ],
  ["1 == 2", "== | two numbers are compared: write == bool"],
  ["time() > 5", "> | two numbers are compared: write > bool"],
  ["a + bool 1", "+ | bool belongs to comparisons, not to +: leave it out"],
  ["a and 1", "1 | and joins vectors, this is a number: write vector(1)"],
  ["a and bool b", "and | bool belongs to comparisons, not to and: leave it out"],
  ['"x" + a', '"x" | + takes numbers and vectors, this is a text'],
  ["a[5m] > 1", "a[5m] | > takes no range of samples: put a function like rate() or max_over_time() around it"],
  ["-a[5m]", "-a[5m] | a sign stands before numbers and vectors, this is a range of samples"],
  ["a and on (job) group_left b", "and | and always joins many with many: leave group_left out"],
  ["a + on (job) group_left (job, x) b", "job | job is listed in on () already: leave it out here"],
  ["a + on (job) 1", "job | on (…) matches two vectors, one side is a number: leave it out"],
  ["sum by (inf) (a)", "inf | inf cannot stand in a list of labels: it is a word of the language"],
  ["(a)[5m]", "[5m] | only a metric has a range; for an expression write a subquery: [5m:]"],
  ["sum(a)[5m]", "[5m] | only a metric has a range; for an expression write a subquery: [5m:]"],
  ["a offset 1h [5m]", "a offset 1h | the window comes before the offset: x[5m] offset 1h"],
  ["a[0s]", "0s | the window 0s is empty: write one like 5m"],
  ["a[-5m]", "-5m | the window -5m is negative: write one like 5m"],
  ["a[5m:0s]", "0s | the step 0s is empty: write one like 5m"],
  ["a[300y]", "300y | the window 300y is longer than 292 years: write one like 5m"],
  ["a[5m][5m:1m]", "a[5m] | a subquery needs an instant vector, this is a range of samples"],
  [
    "sum(a) offset 5m",
    "offset 5m | offset stands behind a selector, a range or a subquery: put it behind the metric inside the brackets",
  ],
  [
    "sum(a) @ 5",
    "@ 5 | @ stands behind a selector, a range or a subquery: put it behind the metric inside the brackets",
  ],
  ["1 offset 5m", "offset 5m | offset stands behind a selector, a range or a subquery: put it behind a metric"],
  ["a offset 5m offset 5m", "offset 5m | a second offset: add them up in one"],
  ["a @ 5 @ end()", "@ end() | a second @: leave one out"],
  ["a @ inf", "@ inf | no such moment: @ is followed by seconds since 1970, start() or end()"],
  ['{a=""}', '{a=""} | {a=""} would select everything: name a metric, or give one label a value: label="x"'],
  ["{}", "{} | {} would select everything: name a metric"],
  [
    '{a=~".*", b!="c"}',
    '{a=~".*", b!="c"} | {a=~".*", b!="c"} would select everything: name a metric, or give one label a value: label="x"',
  ],
  ['a{__name__="b"}', '__name__="b" | the metric has two names, a and this: keep one'],
  ['a{b=~"("}', '"(" | the regular expression cannot be read: a ( is not closed'],
  ['a{b=~"(?!x)"}', '"(?!x)" | the regular expression cannot be read: Go has no lookaround like (?!'],
  ['a{b=~"(a)\\\\1"}', '"(a)\\\\1" | the regular expression cannot be read: Go has no back references like \\1'],
  [
    'a{b=~"a{2000}"}',
    '"a{2000}" | the regular expression cannot be read: {2000} is no count; counts go up to 1000, the smaller first',
  ],
  [
    'a{b="\\d"}',
    "\\d | the string has an escape that means nothing: \\d; a backslash is written \\\\, or put the string in backquotes",
  ],
  ['"\\ud800"', "\\ud800 | \\ud800 is no character"],
  ["atan2", 'atan2 | atan2 is an operator: write {__name__="atan2"}'],
  ["a\u00a0+ b", "\u00a0 | U+00A0 looks like a space and is none: type it again"],
  ["info(a, b)", 'b | info() takes matchers without a metric here: {label="value"}'],
  ["start() + sum(a) smoothed", "smoothed | this word stands behind a metric or its range only: leave it out"],
  ["a + fill (0) 1", "+ | fill (…) is for two vectors, one side is a number: leave it out"],
  [
    "rate(sum(a[5m]))",
    "sum(a[5m]) | rate() needs a range of samples, this is an instant vector: sum() comes after it, sum(rate(x[5m])); else make a subquery, (…)[1h:]",
    "a[5m] | sum() needs an instant vector, this is a range of samples: put a function like rate() or max_over_time() around it",
  ],
  ['a{b=~"[z-a]"}', '"[z-a]" | the regular expression cannot be read: the range z-a goes backwards'],
  [
    "a[30s1m]",
    "1m | 1m is not expected after a number; the units of a duration go from large to small, each once: 1h30m",
  ],
  [
    'a{b=~"\\\\p{Foo}"}',
    '"\\\\p{Foo}" | the regular expression cannot be read: there is no class of characters \\p{Foo}',
  ],
  ["sum by (job (a)", "( | ( is not expected here; labels are listed in brackets: by (label, label)"],
  [
    "a{b='x\\\"'}",
    '\\" | the string has an escape that means nothing: \\"; a backslash is written \\\\, or put the string in backquotes',
  ],
  ['a{b="\ufffd"}', "\ufffd | this character is broken: type it again"],
  ["avg(1)", "1 | avg() needs an instant vector, this is a number: write vector(1)"],
];

function said(part: Part): string {
  switch (part.kind) {
    case "number":
      return `${part.value}`;
    case "text":
      return part.literal;
    case "selector":
      return `${part.metric}${part.offset === undefined ? "" : `<${part.offset.ms! / 1000}s`}`;
    case "range":
      return `${said(part.of)}[${part.window.ms! / 1000}s]`;
    case "subquery":
      return `${said(part.of)}[${part.window.ms! / 1000}s:]`;
    case "call":
    case "aggregation":
      return `${part.name}(${part.args.map(said).join(", ")})`;
    case "binary":
      return `(${said(part.left)} ${part.op} ${said(part.right)})`;
    case "sign":
      return `-${said(part.of)}`;
    case "brackets":
      return `(${said(part.of)})`;
  }
}

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
    "max_over_time(rate(a[5m])[1h:1m] @ end())",
    "'single'",
    '"ends with a backslash \\\\"',
    "a\n  + on (job) group_left (x) b",
    "1 == bool 2 > bool (a or vector(1))",
    // the window belongs to b, the power to what follows it
    "a - max_over_time(b[1h:5m] offset 1d) ^ 2 * c",
    "rate(a[5m:] @ 1700000000) > 5.",
    "holt_winters(a[1d], 0.5, 0.1) # now called double_exponential_smoothing",
    "offset offset 0X1F",
  ])("accepts %s", (text) => {
    expect(checkPromql(text)).toEqual([]);
  });

  it.each(mistyped)("%s", (text, ...expected) => {
    const found = checkPromql(text).map(({ message, from, to }) => `${text.slice(from, to)} | ${message}`);
    expect(found).toEqual(expected);
  });

  it("tells where in several lines, and after characters of two units", () => {
    const text = 'sum(rate(a{b="😀"}[5m]))\n  / sum(rate(b))';
    const [mistake] = checkPromql(text);
    expect(mistake).toMatchObject({ from: text.lastIndexOf("b"), to: text.lastIndexOf("b") + 1 });
  });

  it("nests operators, windows and offsets as Prometheus does", () => {
    const { part } = readPromql("a + b[5m] * -c offset 1d ^ d");
    expect(said(part!)).toBe("(a + (b[300s] * -(c<86400s ^ d)))");
    expect(said(readPromql("1 == bool 2 + a[1h:] ^ b ^ c or d").part!)).toBe(
      "((1 == (2 + (a[3600s:] ^ (b ^ c)))) or d)",
    );
  });

  it.each([
    ["brackets", "(".repeat(14_000) + "a" + ")".repeat(14_000)],
    ["open brackets", "(".repeat(100_000)],
    ["signs", `${"-".repeat(20_000)}a`],
    ["powers", `a${"^a".repeat(14_000)}`],
    ["sums", `a${" + a".repeat(7000)}`],
    ["garbage", "}{)(".repeat(50_000)],
    ["ten megabytes", `a{b="${"x".repeat(10_000_000)}"}`],
    ["a hostile pattern", `a{b=~"${"(".repeat(9000)}a+${")+".repeat(9000)}"}`],
  ])("says in words what is too much: %s", (_, text) => {
    for (const { message, from, to } of checkPromql(text)) {
      expect(message).toMatch(/^[^\n]{10,300}$/);
      expect(from >= 0 && from <= to && to <= text.length).toBe(true);
    }
  });

  it("underlines the first of several mistakes", () => {
    expect(checkPromql("sum(a b) + (c d")[0]).toMatchObject({ from: 6, to: 7 });
  });
});
