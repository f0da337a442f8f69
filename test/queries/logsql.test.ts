import { describe, expect, it } from "vitest";
import { hasStats, rewriteLogsql, windowOfLogsql, type LogsqlRewriting } from "../../src/queries/logsql.ts";
import { unquote } from "../../src/queries/quote.ts";

const rewritten = (text: string, how: LogsqlRewriting) => {
  const made = rewriteLogsql(text, how);
  return "logsql" in made ? made.logsql : `refused: ${made.refused}`;
};
const filters = [{ label: "model", value: "gpt-4o" }];

describe("narrowing", () => {
  it.each([
    ["error", '_time:5m AND model:="gpt-4o" AND (error)'],
    ["a OR b | stats count() n", '_time:5m AND model:="gpt-4o" AND (a OR b) | stats count() n'],
    [
      "_time:30m a OR b | stats by (model) count() n",
      'model:="gpt-4o" AND (_time:5m a OR b) | stats by (model) count() n',
    ],
    [
      "x:in(_time:1d y | fields z) | stats count()",
      'model:="gpt-4o" AND (x:in(_time:5m y | fields z)) | stats count()',
    ],
    [
      '{app="a|b"} "c | d" `e | f` \'g | h\' | stats count()',
      '_time:5m AND model:="gpt-4o" AND ({app="a|b"} "c | d" `e | f` \'g | h\') | stats count()',
    ],
    ["a # | stats\n OR b # c (", '_time:5m AND model:="gpt-4o" AND (a \n OR b)'],
    ["latency:range(1, 10] | stats count()", '_time:5m AND model:="gpt-4o" AND (latency:range(1, 10]) | stats count()'],
    ['"_time:7d" | stats count()', '_time:5m AND model:="gpt-4o" AND ("_time:7d") | stats count()'],
    ["_time:5m offset 1h x", 'model:="gpt-4o" AND (_time:5m offset 1h x)'],
  ])("%s", (text, wanted) => expect(rewritten(text, { filters, windowMs: 300_000 })).toBe(wanted));

  it.each([
    ["a) OR (b", "a ) closes nothing"],
    ["(a", "a bracket is not closed"],
    ['x:"a', 'the string that starts with " is not closed'],
    ["x:'a", "the string that starts with ' is not closed"],
    ["", "it filters nothing, write * for every line"],
    ["# only a comment", "it filters nothing, write * for every line"],
    ["| stats count()", "it filters nothing, write * for every line"],
    [
      '{app="a"} | json | status="error"',
      '"| json" is LogQL; in LogsQL it is unpack_json, unpack_logfmt, extract or format',
    ],
  ])("is refused for %s", (text, why) =>
    expect(rewritten(text, { filters })).toBe(`refused: the expression cannot be read: ${why}`),
  );

  it("is refused where the expression has times of its own that are no window", () =>
    expect(rewritten("_time:[2026-11-21, 2026-11-22) x", { windowMs: 1000 })).toMatch(
      /^refused: the expression has a _time/,
    ));

  it("leaves alone what is not to be changed", () =>
    expect(rewritten("_time:[2026-11-21, 2026-11-22) a OR b | stats count()", {})).toBe(
      "_time:[2026-11-21, 2026-11-22) a OR b | stats count()",
    ));
});

describe("G10: names from outside", () => {
  const hostile = ['"} or *', "a`b", "\\", '"', "'", "x\ny", "a\u0000b", ") OR (*", '" | delete', "a # b", "\u202e"];

  it.each(hostile)("%j is one value and nothing else", (value) => {
    const made = rewritten("a OR b | stats count() n", { filters: [{ label: "model", value }], windowMs: 60_000 });
    const [, literal] = /^_time:1m AND model:=("(?:[^"\\]|\\.)*") AND \(a OR b\) \| stats count\(\) n$/.exec(made)!;
    expect(unquote(literal!)).toBe(value);
    // oxlint-disable-next-line no-control-regex
    expect(made).not.toMatch(/[\u0000-\u001f]/);
  });

  it.each([...hostile, "not", "a b"])("%j as a field is quoted", (label) => {
    const made = rewritten("a", { filters: [{ label, value: "v" }] });
    const [, literal] = /^("(?:[^"\\]|\\.)*"):="v" AND \(a\)$/.exec(made)!;
    expect(unquote(literal!)).toBe(label);
  });
});

it("a window is known where it is a plain duration", () => {
  expect(windowOfLogsql("_time:1h30m x | stats count()")).toBe(5_400_000);
  expect(windowOfLogsql("x | stats by (_time:5m) count()")).toBeUndefined();
  expect(windowOfLogsql("_time:>2026-11-21 x")).toBeUndefined();
});

it("figures are told from lines", () => {
  expect(hasStats("x | unpack_json | stats count()")).toBe(true);
  expect(hasStats('"| stats count()"')).toBe(false);
  expect(hasStats("stats | fields a")).toBe(false);
});
