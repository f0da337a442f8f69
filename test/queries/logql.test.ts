import { describe, expect, it } from "vitest";
import type { LogLabel } from "../../src/queries/logLabel.ts";
import { parseLogql } from "../../src/queries/logql.ts";
import { checkLogql, isMetric } from "../../src/queries/logqlCheck.ts";
import { rewriteLogql, shiftLogql, windowOfLogql } from "../../src/queries/logqlRewrite.ts";
import { findNodes } from "../../src/queries/promql.ts";
import { unquote } from "../../src/queries/quote.ts";

const env: LogLabel = { label: "env", at: "stream" };
const user: LogLabel = { label: "user_id", at: "metadata" };
const model: LogLabel = { label: "model", at: "field" };

const said = (text: string) => {
  const [mistake] = checkLogql(text);
  return mistake === undefined ? "" : `${text.slice(mistake.from, mistake.to)} → ${mistake.message}`;
};

describe("an expression that cannot be read", () => {
  it.each([
    ["", " → the expression is empty"],
    ['{app="a"', "{ → the { is not closed"],
    ['sum(rate({app="a"}[5m])', "( → the ( is not closed"],
    ['sum(rate({app="a"}[5m])))', ") → this ) closes nothing"],
    ['{app="a"} | json | status=error', 'error → error is not expected here; values are quoted: label="value"'],
    ['{app="a"} |= "timeout', '"timeout → the string that starts with " is not closed'],
    ['increase({app="a"}[5m])', "increase → there is no function increase"],
    ['sum(rates({app="a"}[5m]))', "rates → there is no function rates, did you mean rate?"],
    [
      'rate({app="a"}[$__interval])',
      "$__interval → $__interval is not expected here; a variable of a dashboard is not known, write what it stands for",
    ],
    ['rate({app="a"}[5])', "5 → 5 is not expected here; a window looks like [5m]"],
    ["{}", "{} → {} would select everything: name a label"],
    [
      'sum(rate({app=~".*"}[5m]))',
      '{app=~".*"} → {app=~".*"} would select everything: give one label a value, like app="x" or app=~".+"',
    ],
    [
      '{app="", env!="x"} ',
      '{app="", env!="x"} → {app="", env!="x"} would select everything: give one label a value, like app="x" or app=~".+"',
    ],
    ['{app="a"} | json |', " → the expression ends too early"],
    ['{app=~"("}', '"(" → the regular expression cannot be read: a ( is not closed'],
    [
      '{app="a"} |~ "a**"',
      '"a**" → the regular expression cannot be read: * repeats a repetition, put brackets around what it repeats',
    ],
    ['{app="a"} !~ `[z-a]`', "`[z-a]` → the regular expression cannot be read: the range z-a goes backwards"],
    ['{app="a"} | json | x=~"(?=y)"', '"(?=y)" → the regular expression cannot be read: Go has no lookaround like (?='],
    ['{app="a"} | regexp "(?P<a>x"', '"(?P<a>x" → the regular expression cannot be read: a ( is not closed'],
  ])("%s", (text, wanted) => expect(said(text)).toBe(wanted));

  it.each([
    '{app="llm-gateway", env!~`x`} |= "a" or "b" != ip("1.2.3.4") | logfmt --strict | x > 5 and (y="a" or z=ip("1"))',
    '{app=~".+"} | json a="b.c", d | line_format "{{.x}}" | label_format e=f | keep a | drop b="c" | decolorize | unpack',
    'topk(10, sum by (u) (sum_over_time({a!=""} | json | __error__="" | unwrap duration(l) | __error__="" [1h] offset 5m)))',
    'sum(count_over_time({a="b"}[5m] | json)) / on(x) group_left sum(rate(({a="b"} | json)[1h30m])) or vector(0)',
    '{app=~"(?i)x"} # a comment\n | pattern "<_> <x>" | regexp `(?P<a>.)`',
    "1 + 1",
    // a text, no pattern
    '{app="("} |= "*" != "["',
    'approx_topk(3, sum by (x) (rate({a="b"}[1m])))',
  ])("is none of %s", (text) => expect(checkLogql(text)).toEqual([]));

  it("tells figures from lines", () => {
    expect(isMetric('sum(rate({a="b"}[5m]))')).toBe(true);
    expect(isMetric('{a="b"} | json')).toBe(false);
  });
});

const rewritten = (...given: Parameters<typeof rewriteLogql>) => {
  const made = rewriteLogql(...given);
  if ("logql" in made) expect(checkLogql(made.logql)).toEqual([]);
  return "logql" in made ? made.logql : `refused: ${made.refused}`;
};

describe("narrowing", () => {
  const narrowed = (text: string, ...labels: LogLabel[]) =>
    rewritten(text, { filters: labels.map((label) => ({ ...label, value: "v" })) });

  it.each([
    ['rate({a="b"}[5m])', 'rate({a="b",env="v"}[5m])'],
    ['{a="b" # c\n} | json', '{a="b",env="v" # c\n} | json'],
    [
      'sum(rate({a="b"}[5m])) / sum(rate({c="d"}[5m]))',
      'sum(rate({a="b",env="v"}[5m])) / sum(rate({c="d",env="v"}[5m]))',
    ],
  ])("a stream label goes into every selector: %s", (text, wanted) => expect(narrowed(text, env)).toBe(wanted));

  it.each([
    ['{a="b"} |= "x" | json', '{a="b"} |= "x" | json | model="v"'],
    [
      '{a="b"} | json | line_format "{{.m}}" | logfmt | x="1" | keep y',
      '{a="b"} | json | line_format "{{.m}}" | logfmt | model="v" | x="1" | keep y',
    ],
    [
      'rate({a="b"} | json | unwrap c | __error__="" [5m])',
      'rate({a="b"} | json | model="v" | unwrap c | __error__="" [5m])',
    ],
    ['rate({a="b"}[5m] | json)', 'rate({a="b"}[5m] | json | model="v")'],
    ['{a="b"} | json # c', '{a="b"} | json | model="v" # c'],
    ['{a="b"} | json m="x.y"', '{a="b"} | json m="x.y" | model="v"'],
    [
      'sum(rate({a="b"}[5m]))',
      "refused: model is a field of the lines, and nothing reads it out of them: add | json or | logfmt",
    ],
    [
      'sum(rate({a="b"} | json [5m])) / sum(rate({a="b"}[5m]))',
      "refused: model is a field of the lines, and nothing reads it out of them: add | json or | logfmt",
    ],
  ])("a field goes behind the last parser: %s", (text, wanted) => expect(narrowed(text, model)).toBe(wanted));

  it.each([
    ['{a="b"}', '{a="b"} | user_id="v"'],
    ['rate({a="b"}[5m])', 'rate({a="b"} | user_id="v"[5m])'],
    ['rate({a="b"}[5m] | json)', 'rate({a="b"}[5m] | user_id="v" | json)'],
    ['rate({a="b"} | unwrap c [5m])', 'rate({a="b"} | user_id="v" | unwrap c [5m])'],
    ['{a="b"} |= "x" != "y" |~ "z" | json', '{a="b"} |= "x" != "y" |~ "z" | user_id="v" | json'],
    ['({a="b"} | json)', '({a="b"} | user_id="v" | json)'],
  ])("metadata is looked at before any parser: %s", (text, wanted) => expect(narrowed(text, user)).toBe(wanted));

  it("all three at once", () =>
    expect(narrowed('rate({a="b"} |= "x" | json [5m])', model, env, user)).toBe(
      'rate({a="b",env="v"} |= "x" | user_id="v" | json | model="v" [5m])',
    ));
});

describe("G10: names from outside", () => {
  const hostile = [
    '"} or vector(1)',
    "a`b",
    "\\",
    '"',
    "x\ny",
    "a\u0000b",
    "münchen\u202e",
    '" | json | x="',
    "{{.x}}",
    "a # b",
    "\ud800",
  ];
  const shape = (text: string) => {
    const kinds: string[] = [];
    parseLogql(text).iterate({ enter: (node) => void kinds.push(node.name) });
    return kinds;
  };
  const text = 'sum(rate({a="b"} |= "x" | json [5m]))';

  it.each(hostile)("%j is one value and nothing else", (value) => {
    const made = (v: string) =>
      rewritten(text, { filters: [env, user, model].map((label) => ({ ...label, value: v })) });
    expect(shape(made(value))).toEqual(shape(made("harmless")));
    const values = findNodes(parseLogql(made(value)), "Matcher").map((node) => {
      const literal = node.getChild("String")!;
      return unquote(made(value).slice(literal.from, literal.to));
    });
    expect(values).toEqual(["b", ...Array<string>(3).fill(value.replace("\ud800", "\ufffd"))]);
  });

  it.each(hostile)("%j is no name of a label", (label) => {
    expect(rewritten(text, { filters: [{ label, at: "stream", value: "v" }] })).toMatch(
      /^refused: .* cannot be the name/,
    );
    expect(rewritten(text, { by: { label, at: "stream" } })).toMatch(/^refused: .* cannot be the name/);
  });
});

describe("windows", () => {
  it("are all replaced, and offsets stay", () =>
    expect(
      rewritten('sum(rate({a="b"}[5m])) / sum(count_over_time({a="b"} | json [1h30m] offset 5m))', {
        windowMs: 90_000,
      }),
    ).toBe('sum(rate({a="b"}[1m30s])) / sum(count_over_time({a="b"} | json [1m30s] offset 5m))'));
  it("tell the longest", () => {
    expect(windowOfLogql('sum(rate({a="b"}[5m])) / sum(rate({a="b"}[1h30m]))')).toBe(5_400_000);
    expect(windowOfLogql('{a="b"} | json')).toBeUndefined();
  });
  it("are moved into the past as a whole", () => {
    expect(shiftLogql('sum(rate({a="b"}[5m])) / sum(rate({a="b"}[5m] offset 1h | json))', 61_500)).toBe(
      'sum(rate({a="b"}[5m] offset 1m1s500ms)) / sum(rate({a="b"}[5m] offset 1h1m1s500ms | json))',
    );
    const unwrapped = 'avg_over_time({a="] offset 5m"} | json | unwrap x [5m] offset -1h) by (y)';
    expect(checkLogql(unwrapped)).toEqual([]);
    expect(shiftLogql(unwrapped, 60_000)).toBe(unwrapped.replace("-1h", "-59m"));
  });
});

describe("splitting", () => {
  const split = (text: string, by: LogLabel = model) => rewritten(text, { by });
  it.each([
    ['sum(rate({a="b"} | json [5m]))', 'sum by (model) (rate({a="b"} | json [5m]))'],
    ['sum by (x) (rate({a="b"} | json [5m]))', 'sum by (x, model) (rate({a="b"} | json [5m]))'],
    ['sum(rate({a="b"} | json [5m])) by (x)', 'sum(rate({a="b"} | json [5m])) by (x, model)'],
    ['sum by () (rate({a="b"} | json [5m]))', 'sum by (model) (rate({a="b"} | json [5m]))'],
    ['sum by (model) (rate({a="b"} | json [5m]))', 'sum by (model) (rate({a="b"} | json [5m]))'],
    [
      'max(quantile_over_time(0.9, {a="b"} | json | unwrap l [5m]) by (pod))',
      'max by (model) (quantile_over_time(0.9, {a="b"} | json | unwrap l [5m]) by (pod, model))',
    ],
    [
      'sum(rate({a="b"} | json [5m])) / on (x) sum(rate({a="b"} | json [5m])) or vector(0)',
      'sum by (model) (rate({a="b"} | json [5m])) / on (x, model) sum by (model) (rate({a="b"} | json [5m]))',
    ],
    ['sum(rate({a="b"} | json [5m])) or on () vector(0)', 'sum by (model) (rate({a="b"} | json [5m]))'],
    ['sum(rate({a="b"} | json | keep model, x [5m]))', 'sum by (model) (rate({a="b"} | json | keep model, x [5m]))'],
    ['rate({a="b"} | json [5m])', "refused: rate() is not inside sum(...) or the like, it cannot be split by model"],
    ['topk(3, sum by (x) (rate({a="b"} | json [5m])))', "refused: an expression with topk() cannot be split by model"],
    [
      'sum without (x) (rate({a="b"} | json [5m]))',
      'refused: an expression with "without" cannot be split by model: write "by"',
    ],
    [
      'sum(rate({a="b"}[5m]))',
      "refused: model is a field of the lines, and nothing reads it out of them: add | json or | logfmt",
    ],
    [
      'sum(rate({a="b"} | json | keep x [5m]))',
      'refused: "| keep x" takes model away, the expression cannot be split by it',
    ],
    [
      'sum(rate({a="b"} | json | drop model [5m]))',
      'refused: "| drop model" takes model away, the expression cannot be split by it',
    ],
    ['sum(rate({a="b"} | json [5m])) / vector(2)', "refused: an expression with vector() cannot be split by model"],
    [
      'label_replace(sum(rate({a="b"} | json [5m])),"a","b","c","d")',
      "refused: an expression with label_replace() cannot be split by model",
    ],
    [
      'absent_over_time({a="b"} | json [5m])',
      "refused: an expression with absent_over_time() cannot be split by model",
    ],
    [
      'sum(rate({a="b"} | json [5m])) / ignoring (model) sum(rate({a="b"} | json [5m]))',
      "refused: the expression ignores model, it cannot be split by it",
    ],
    ['{a="b"} | json', "refused: the expression gives log lines, it cannot be split by model"],
  ])("%s", (text, wanted) => expect(split(text)).toBe(wanted));

  it("a label of the stream, or metadata, needs no parser", () => {
    expect(split('sum(rate({a="b"}[5m]))', env)).toBe('sum by (env) (rate({a="b"}[5m]))');
    expect(split('sum(rate({a="b"}[5m]))', user)).toBe('sum by (user_id) (rate({a="b"}[5m]))');
  });

  it("together with all the rest", () =>
    expect(
      rewritten('sum(rate({a="b"} | json [5m]))', { by: model, windowMs: 60_000, filters: [{ ...model, value: "m" }] }),
    ).toBe('sum by (model) (rate({a="b"} | json | model="m" [1m]))'));
});
