/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const token = /"(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`|\d[\w.]*|[A-Za-z_:][\w:]*|[=!<>]=|[=!]~|\S/g;

/** What may take the place of a token, by what it is. */
const replacements: [RegExp, readonly string[]][] = [
  [
    /^["'`]/,
    [
      '"x"',
      '""',
      '".*"',
      '".+"',
      '"a|b"',
      '"(a"',
      '"a)"',
      '"[z-a]"',
      '"a**"',
      '"(?=a)"',
      '"(?i)a"',
      '"\\\\d+"',
      '"\\d"',
      "'x'",
      "`\\d`",
      "a",
      "5",
    ],
  ],
  [/^\d+(ms|[smhdwy])/, ["5m", "1h30m", "0s", "30s1m", "1d", "5m5m", "1y", "300y", "a", '"5m"', "5x", "100ms"]],
  [/^\d/, ["1", "0.5", "1e3", "0x1F", "08", "1.", ".5", "inf", "NaN", '"1"', "vector(1)", "time()", "a", "1e"]],
  [
    /^(rate|increase|irate|delta|\w+_over_time)$/,
    [
      "rate",
      "increase",
      "abs",
      "sum",
      "absent",
      "predict_linear",
      "quantile_over_time",
      "deriv",
      "ratee",
      "vector",
      "scalar",
    ],
  ],
  [
    /^(sum|avg|min|max|count|topk|bottomk|quantile|count_values|group|stddev|stdvar)$/,
    ["sum", "SUM", "topk", "quantile", "count_values", "rate", "sort", "scalar", "group"],
  ],
  [
    /^(abs|absent|ceil|clamp|clamp_max|clamp_min|floor|histogram_quantile|label_replace|label_join|round|scalar|sort|time|timestamp|vector|hour)$/,
    [
      "abs",
      "absent",
      "clamp",
      "clamp_max",
      "histogram_quantile",
      "label_join",
      "label_replace",
      "scalar",
      "vector",
      "round",
      "hour",
      "time",
      "histogram_count",
    ],
  ],
  [
    /^(and|or|unless|[-+*/%^]|[=!<>]=|[<>]|atan2)$/,
    [
      "and",
      "or",
      "unless",
      "+",
      "-",
      "*",
      "/",
      "%",
      "^",
      "==",
      "!=",
      "<",
      ">",
      ">=",
      "atan2",
      "=",
      "=~",
      "== bool",
      "+ bool",
      "* on (job)",
      "and on (job)",
      "+ ignoring (le)",
      "* on (job) group_left (job)",
      "/ on (job) group_left (pod)",
      "or on (job) group_right",
    ],
  ],
  [/^(=|=~|!~)$/, ["=", "!=", "=~", "!~", "==", "~"]],
  [
    /^(by|without|on|ignoring|offset|bool|group_left|group_right)$/,
    ["by", "without", "on", "ignoring", "offset", "bool", "group_left", "group_right"],
  ],
  [
    /^[A-Za-z_:]/,
    [
      "a",
      "a:b",
      "sum",
      "on",
      "le",
      "inf",
      "1",
      '"a"',
      "a[5m]",
      "{}",
      '{a=""}',
      "time()",
      "a offset 5m",
      "a @ 5",
      "a[1h:1m]",
    ],
  ],
  [
    /^[()[\]{},]$/,
    ["(", ")", "[", "]", "{", "}", ",", "[5m]", "[1h:5m]", "()", " offset 5m", " @ 10", " @ end()", " by (job)"],
  ],
];

/** What may be put around a whole expression. */
const around = [
  "rate(_)",
  "sum(_)",
  "sum by (job) (_)",
  "topk(3, _)",
  "topk(_)",
  "quantile(0.9, _)",
  'count_values("v", _)',
  "(_)",
  "-_",
  "_ + 1",
  "1 - _",
  "_ > bool 0",
  "_[1h:5m]",
  "(_)[1h:]",
  "max_over_time((_)[1h:5m])",
  "vector(_)",
  "vector(scalar(_))",
  "scalar(_)",
  "abs(_)",
  "clamp(_, 0, 1)",
  "clamp_min(_)",
  "round(_, 5)",
  'label_replace(_, "a", "$1", "b", "(.*)")',
  'label_join(_, "a", "-", "b", "c")',
  "_ or vector(0)",
  "_ and on () a",
  "a / on (job) group_left (x) _",
  "_ offset 5m",
  "_ @ 5",
  "histogram_quantile(0.9, _)",
  "histogram_quantile(_, 0.9)",
  "absent(_)",
  "predict_linear(_, 3600)",
  "quantile_over_time(0.5, _)",
  "sort_desc(_)",
  "hour(_)",
  "time() - _",
  "_ == 1",
  "1 == _",
  "1 == bool 2 + _",
  "_ unless _",
  "_ ^ 2",
  "bool _",
  "sum(_) by (le)",
  "sum(_",
  "_)",
  "timestamp(_)",
  "days_in_month()  + _",
];

/** As many different expressions as asked for, each one to three small changes away from one of `from`. */
export function mutants(from: readonly string[], count: number, seed: number): string[] {
  const draw = draws(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const made = new Set<string>();
  while (made.size < count) {
    let text = pick(from);
    for (let changes = 1 + Math.floor(draw() * 3); changes > 0; changes--) text = change(text, pick, draw);
    if (text.trim() !== "" && !from.includes(text)) made.add(text);
  }
  return [...made];
}

function change(text: string, pick: <T>(list: readonly T[]) => T, draw: () => number): string {
  const kind = draw();
  if (kind < 0.25) return pick(around).replaceAll("_", () => text);
  const tokens = [...text.matchAll(token)].map((found) => ({ said: found[0], from: found.index }));
  if (tokens.length === 0) return text;
  const at = Math.floor(draw() * tokens.length);
  const { said, from } = tokens[at]!;
  const put = (insert: string) => text.slice(0, from) + insert + text.slice(from + said.length);
  if (kind < 0.35) return put("");
  if (kind < 0.42) return put(`${said} ${said}`);
  if (kind < 0.5) {
    const next = tokens[at + 1];
    if (next === undefined) return text;
    const between = text.slice(from + said.length, next.from);
    return text.slice(0, from) + next.said + between + said + text.slice(next.from + next.said.length);
  }
  const by = replacements.find(([what]) => what.test(said))?.[1];
  return by === undefined ? text : put(pick(by));
}
