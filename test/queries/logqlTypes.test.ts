import { describe, expect, it } from "vitest";
import { checkLogql, checkReading, isMetric } from "../../src/queries/logqlCheck.ts";
import { unwrapMistakes } from "../../src/queries/logqlUnwrap.ts";

const said = (text: string) => {
  const [mistake] = checkLogql(text);
  return mistake === undefined ? "" : `${text.slice(mistake.from, mistake.to)} → ${mistake.message}`;
};

/** Asked of a Loki 3.4.6, which answered. */
const answered = [
  '{app="llm-gateway", env="prod"} | json | status="error" | line_format "{{.model}} {{.error_type}}ms" | keep model, error_type',
  '{app="llm-gateway", env="prod"} | json | cost_usd > 0.05 and latency_ms > 2000',
  '{app="llm-gateway-legacy"} | json | __error__!=""',
  '{env="prod"}',
  "1+1",
  "vector(0)",
  'sum(count_over_time({app="llm-gateway", env="prod"} [15m])) / 0',
  'sum by (model) (count_over_time({app="llm-gateway-legacy"} | json | __error__="" [15m]))',
  'quantile_over_time(0.95, {app="llm-gateway", env="prod"} | json | unwrap latency_ms [15m]) by (model)',
  'sort_desc(topk(3, sum by (user_id) (sum_over_time({app="llm-gateway", env="prod"} | json | unwrap cost_usd [1h]))))',
  'sum by (route) (sum_over_time({app="llm-gateway", env="prod"} | json | unwrap token_usage_total [15m]))',
  'sum(count_over_time({app="a"} | json | status="error" [5m])) / sum(count_over_time({app="a"} [5m]))',
  'sum by (status) (rate({app="llm-gateway", env="prod"} | json [5m]))',
];

/** By Loki's own parser (pkg/logql/syntax: syntax.y, ast.go, parser.go, and log/pattern). */
const accepted = [
  // groups where Loki takes them
  'avg_over_time({a="b"} | json | unwrap x [5m]) by (y)',
  'avg_over_time({a="b"} | json | unwrap x [5m]) without (y)',
  'min_over_time({a="b"} | json | unwrap x [5m]) by (y)',
  'max_over_time({a="b"} | json | unwrap x [5m]) by ()',
  'stddev_over_time({a="b"} | json | unwrap x [5m]) by (y, z)',
  'stdvar_over_time({a="b"} | json | unwrap x [5m]) by (y)',
  'first_over_time({a="b"} | json | unwrap x [5m]) by (y)',
  'last_over_time({a="b"} | json | unwrap x [5m]) by (y)',
  // unwrapped or not
  'rate({a="b"} | json | unwrap x [5m])',
  'rate_counter({a="b"} | json | unwrap x [5m])',
  'absent_over_time({a="b"}[5m])',
  'absent_over_time({a="b"} | json | unwrap x [5m])',
  'bytes_over_time({a="b"}[5m])',
  'bytes_rate({a="b"}[5m])',
  'sum_over_time({a="b"}[5m] | json | unwrap x)',
  'sum_over_time({a="b"} | json | unwrap duration_seconds(x) [5m])',
  'sum_over_time(({a="b"} | json | unwrap bytes(x) [5m]))',
  'sum_over_time({a="b"} | json | unwrap x | __error__="" | y > 5 [5m] offset 1h)',
  // numbers
  'topk(1, rate({a="b"}[5m]))',
  'topk by (x) (5, rate({a="b"}[5m]))',
  'topk(5, rate({a="b"}[5m])) without (x)',
  'bottomk(010, rate({a="b"}[5m]))',
  'approx_topk(5, rate({a="b"}[5m]))',
  'quantile_over_time(0, {a="b"} | json | unwrap x [5m])',
  'quantile_over_time(1.5, {a="b"} | json | unwrap x [5m])',
  'sort(rate({a="b"}[5m]))',
  'sort by () (rate({a="b"}[5m]))',
  // operators
  '1 + rate({a="b"}[5m]) or rate({a="c"}[5m])',
  'rate({a="b"}[5m]) or 1 + rate({a="c"}[5m])',
  'rate({a="b"}[5m]) or 2 * 3 > rate({a="c"}[5m])',
  'rate({a="b"}[5m]) or vector(0)',
  "vector(1) and on () vector(2)",
  'rate({a="b"}[5m]) > bool on (x) group_left (y) rate({a="c"}[5m])',
  'rate({a="b"}[5m]) unless ignoring (x) rate({a="c"}[5m])',
  'rate({a="b"}[5m]) > 1 and rate({a="c"}[5m]) * 2 > 3 or 1 - rate({a="d"}[5m]) ^ 2',
  '2 * (rate({a="b"}[5m]) or rate({a="c"}[5m])) / 3',
  "1 > bool 2",
  "(1 + 1) ^ -2",
  '((rate({a="b"}[5m])))',
  // means nothing, and Loki takes it all the same
  'rate({a="b"}[5m]) + bool 1',
  'rate({a="b"}[0s])',
  // patterns
  'label_replace(rate({a="b"}[5m]), "a", "$1", "c", "(.*)")',
  '{a="b"} | regexp "(?P<x>a)(y)(?P<z>c)"',
  '{a="b"} | pattern "<_> <x> <_>"',
  '{a="b"} | pattern "<x>"',
  '{a="b"} | json | line_format "a (b"',
];

describe("an expression that Loki reads", () => {
  it.each([...answered, ...accepted])("%s", (text) => expect(said(text)).toBe(""));
});

const count = 'count them, like count_over_time({app="x"}[5m])';

describe("an expression that Loki refuses", () => {
  it.each([
    // lines where figures are needed, and the other way round
    ['sum({a="b"})', `{a="b"} → figures are needed here, this selects log lines: ${count}`],
    [
      'stddev by (x) ({ foo = "bar" } | json)',
      `{ foo = "bar" } | json → figures are needed here, this selects log lines: ${count}`,
    ],
    ['topk(5, {a="b"})', `{a="b"} → figures are needed here, this selects log lines: ${count}`],
    ['sum({a="b"}[5m])', `[ → a window stands in the brackets of a function: ${count}`],
    ['{a="b"} | json [5m]', `[ → a window stands in the brackets of a function: ${count}`],
    ['{a="b"} + {c="d"}', `{a="b"} → + needs figures, this selects log lines: ${count}`],
    ['{a="b"} or {c="d"}', `{a="b"} → or needs figures, this selects log lines: ${count}`],
    ['1 + {a="b"}', `{a="b"} → + needs figures, this selects log lines: ${count}`],
    ['sum(rate({a="b"}[5m])) / {a="b"}', `{a="b"} → / needs figures, this selects log lines: ${count}`],
    ['{a="b"} > 1', `{a="b"} → > needs figures, this selects log lines: ${count}`],
    ['label_replace({a="b"}, "a", "b", "c", "d")', ", → , is not expected here"],
    ['vector({a="b"})', "{ → { is not expected here"],
    [
      'rate(rate({a="b"}[5m])[5m])',
      "rate → rate is not expected here; rate() is of log lines, and LogQL has no windows of figures",
    ],
    [
      'max_over_time(sum(rate({a="b"}[5m]))[1h])',
      "sum → sum is not expected here; max_over_time() is of log lines, and LogQL has no windows of figures",
    ],
    // windows
    ['rate({a="b"})', "rate → rate() needs a window: write [5m] before the )"],
    [
      '1 / sum(count_over_time({a="b"} | json))',
      "count_over_time → count_over_time() needs a window: write [5m] before the )",
    ],
    [
      'avg_over_time({a="b"} | json | unwrap x)',
      "avg_over_time → avg_over_time() needs a window: write [5m] before the )",
    ],
    ['rate({a="b"}[5m:1m])', ": → : is not expected here; a window looks like [5m]"],
    ['sum(rate({a="b"}[5m])) offset 5m', "offset → offset is not expected here"],
    // unwrap
    [
      '{a="b"} | json | unwrap x',
      "unwrap → unwrap is not expected here; unwrap stands before the window of a function like sum_over_time()",
    ],
    ['avg_over_time({a="b"}[5m])', "avg_over_time → avg_over_time() is of numbers, and no field is unwrapped"],
    [
      'sum(sum_over_time({a="b"} | json [5m]))',
      "sum_over_time → sum_over_time() is of numbers, and no field is unwrapped",
    ],
    ['rate_counter({a="b"} | json [5m])', "rate_counter → rate_counter() is of numbers, and no field is unwrapped"],
    [
      'last_over_time({a="b"} | json [5m]) by (x)',
      "last_over_time → last_over_time() is of numbers, and no field is unwrapped",
    ],
    [
      'quantile_over_time(0.9, {a="b"} | json [5m])',
      "quantile_over_time → quantile_over_time() is of numbers, and no field is unwrapped",
    ],
    ['count_over_time({a="b"} | unwrap x [5m])', "count_over_time → count_over_time() is of lines, it takes no unwrap"],
    ['bytes_rate(({a="b"} | json | unwrap x [5m]))', "bytes_rate → bytes_rate() is of lines, it takes no unwrap"],
    [
      'bytes_over_time({a="b"}[5m] | json | unwrap x)',
      "bytes_over_time → bytes_over_time() is of lines, it takes no unwrap",
    ],
    // numbers
    ['topk(rate({a="b"}[5m]))', "topk → topk() must know how many: topk(5, …)"],
    ['approx_topk(rate({a="b"}[5m]))', "approx_topk → approx_topk() must know how many: approx_topk(5, …)"],
    ['topk(0, rate({a="b"}[5m]))', "0 → topk() takes a whole number, 1 or more"],
    ['bottomk(1.2, count_over_time({ foo = "bar" }[5h]))', "1.2 → bottomk() takes a whole number, 1 or more"],
    ['topk(-1, rate({a="b"}[5m]))', ", → , is not expected here"],
    ['bottomk(he, count_over_time({ foo = "bar" }[5h]))', "he → he is not expected here"],
    ['topk("5", rate({a="b"}[5m]))', '" → " is not expected here'],
    ['sum(3 ,count_over_time({ foo = "bar" }[5h]))', "3 → sum() takes no number before its figures"],
    [
      'quantile_over_time({a="b"} | unwrap x [5m])',
      "quantile_over_time → quantile_over_time() must know which quantile: quantile_over_time(0.95, …)",
    ],
    ['quantile_over_time(-0.5, {a="b"} | unwrap x [5m])', "- → - is not expected here"],
    ['rate(0.99, {a="b"}[5m])', "0.99 → rate() takes no number before its lines"],
    ["vector(-1)", "- → - is not expected here"],
    // groups
    ['rate({a="b"}[5m]) by (x)', "by (x) → rate() groups nothing: write sum by (x) (rate(…))"],
    [
      'count_over_time({a="b"}[5m]) without (x)',
      "without (x) → count_over_time() groups nothing: write sum without (x) (count_over_time(…))",
    ],
    [
      'sum_over_time({a="b"} | json | unwrap x [5m]) by (y)',
      "by (y) → sum_over_time() groups nothing: write sum by (y) (sum_over_time(…))",
    ],
    [
      'absent_over_time({a="b"}[5m]) by (x)',
      "by (x) → absent_over_time() groups nothing: write sum by (x) (absent_over_time(…))",
    ],
    ['sort by (x) (rate({a="b"}[5m]))', "by (x) → sort() groups nothing: leave by and without out"],
    ['sort_desc(rate({a="b"}[5m])) without (x)', "without (x) → sort_desc() groups nothing: leave by and without out"],
    ['approx_topk(5, rate({a="b"}[5m])) by (x)', "by (x) → approx_topk() takes no by and no without"],
    ['sum by (x) rate({a="b"}[5m])', "rate → rate is not expected here"],
    // operators
    ['1 or rate({a="b"}[5m])', "1 → or needs series, this is a number: write vector(…)"],
    ['rate({a="b"}[5m]) unless 1', "1 → unless needs series, this is a number: write vector(…)"],
    ['rate({a="b"}[5m]) and (1 + -2)', "(1 + -2) → and needs series, this is a number: write vector(…)"],
    ['rate({a="b"}[5m]) or 2 * 3 > 4 or vector(1)', "2 * 3 > 4 → or needs series, this is a number: write vector(…)"],
    ['2 * (rate({a="b"}[5m]) > 3 unless 1 - 2)', "1 - 2 → unless needs series, this is a number: write vector(…)"],
    ['rate({a="b"}[5m]) / group_left rate({a="b"}[5m])', "group_left → group_left is not expected here"],
    ['-rate({a="b"}[5m])', "rate → rate is not expected here"],
    ['rate({a="b"}[5m]) or "x"', '" → " is not expected here'],
    // selectors, of which one matcher must name something
    [
      '{app=~".*"}',
      '{app=~".*"} → {app=~".*"} would select everything: give one label a value, like app="x" or app=~".+"',
    ],
    [
      'rate({a="b"}[5m]) / rate({a=~"|b"}[5m])',
      '{a=~"|b"} → {a=~"|b"} would select everything: give one label a value, like app="x" or app=~".+"',
    ],
    [
      '{a!="b", c!~".+"}',
      '{a!="b", c!~".+"} → {a!="b", c!~".+"} would select everything: give one label a value, like app="x" or app=~".+"',
    ],
    // patterns
    ['{a="b"} | regexp "foo"', '"foo" → regexp reads nothing: name what it shall read, like (?P<status>[0-9]+)'],
    [
      '{a="b"} | regexp `(foo)[(?P<x>]\\(?P<y>`',
      "`(foo)[(?P<x>]\\(?P<y>` → regexp reads nothing: name what it shall read, like (?P<status>[0-9]+)",
    ],
    [
      '{a="b"} | pattern "foo <_> bar <_>"',
      '"foo <_> bar <_>" → pattern reads nothing: name what it shall read, like "<_> <status> <_>"',
    ],
    ['{a="b"} | pattern "<f><g>"', '"<f><g>" → two fields of a pattern need some text between them'],
    ['{a="b"} | pattern "<f> f<f>"', '"<f> f<f>" → f is read twice: give one of them another name'],
    [
      'label_replace(rate({a="b"}[5m]), "a", "$1", "c", "(")',
      '"(" → the regular expression cannot be read: a ( is not closed',
    ],
    // asked of a Loki 3.4.6
    ['{app="llm-gateway"', "{ → the { is not closed"],
    ['{app="llm-gateway"} | json | status=', " → the expression ends too early"],
    ['increase({app="llm-gateway"}[5m])', "increase → there is no function increase"],
  ])("%s", (text, wanted) => expect(said(text)).toBe(wanted));
});

describe("what is unwrapped", () => {
  it("has a rule of its own: reading an expression says nothing of it", () => {
    const text = 'sum(avg_over_time({a="b"}[5m])) / sum(count_over_time({a="b"} | unwrap x [5m]))';
    expect(checkReading(text)).toEqual([]);
    expect(unwrapMistakes(text).map(({ from, instead }) => [from, instead])).toEqual([
      [4, "| json | unwrap latency_ms [5m]"],
      [text.indexOf("count_over_time"), "leave | unwrap out"],
    ]);
    expect(isMetric(text)).toBe(true);
  });
});
