import { describe, expect, it } from "vitest";
import { harmless } from "../../src/harmless.ts";
import { patternsOf, type ErrorLine, type Patterns } from "../../src/patterns/patterns.ts";
import { corpus, dice, strangers, truths, uuid, type Known } from "./corpus.ts";

const line = (text: string, at = 0, labels: Record<string, string> = {}): ErrorLine => ({ at, text, labels });
const of = (texts: readonly string[], names: string[] = []) =>
  patternsOf(
    texts.map((text, i) => line(text, i)),
    names,
  );
const templates = (texts: readonly string[]) => of(texts).patterns.map(({ template }) => template);
const told = ({ patterns }: Patterns) =>
  patterns.map(({ template, share }) => `${(share * 100).toFixed(1).padStart(5)} % ${template}`).join("\n");

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const { below } = dice(seed);
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** The calls of a pattern say which truths are in it, as far as three do. */
const marked = (lines: readonly Known[]) =>
  lines.map((one) => ({ ...one, labels: { ...one.labels, call: one.truth } }));

/** Of all lines, those in a pattern of one truth; of a truth's lines, those in its greatest such pattern. */
function measure(lines: readonly Known[], { patterns }: Patterns): { purity: number; completeness: number } {
  const pure = patterns.filter(({ calls }) => calls.length === 1);
  const names = [...new Set(lines.map(({ truth }) => truth))];
  const complete = names.map((name) => {
    const all = lines.filter(({ truth }) => truth === name).length;
    return Math.max(0, ...pure.filter(({ calls }) => calls[0] === name).map(({ count }) => count)) / all;
  });
  return {
    purity: pure.reduce((sum, { count }) => sum + count, 0) / lines.length,
    completeness: complete.reduce((sum, share) => sum + share, 0) / names.length,
  };
}

describe("a corpus of known truth", () => {
  const lines = corpus(20_000);
  const found = patternsOf(marked(lines), ["route"], 1000);

  it.each([
    ["the rules were made on", truths, 0.99, 0.97],
    ["of other libraries", strangers, 0.99, 0.9],
  ])("%s is told apart: purity and completeness", (name, of, leastPurity, leastCompleteness) => {
    const some = corpus(20_000, of);
    const patterns = patternsOf(marked(some), ["route"], 1000);
    const { purity, completeness } = measure(some, patterns);
    console.log(
      `corpus ${name}: ${of.length} true templates, ${patterns.patterns.length} found: ` +
        `purity ${(purity * 100).toFixed(2)} %, completeness ${(completeness * 100).toFixed(2)} %`,
    );
    expect(purity).toBeGreaterThan(leastPurity);
    expect(completeness).toBeGreaterThan(leastCompleteness);
  });

  it("reads like this", () => {
    expect(told(patternsOf(lines, ["route"]))).toMatchInlineSnapshot(`
      " 23.7 % provider timeout after <n> ms
       11.9 % JSON parse error at position <n> from <route>
        8.9 % Error code: 429 - {'error': {'message': <text>, 'type': 'tokens', 'code': 'rate_limit_exceeded'}}
        8.2 % call failed: overloaded_error: model <id> is overloaded, retry in <duration>
        6.3 % [gateway] request <id> failed: <url> answered 503
        6.0 % upstream connect error: dial tcp <ip>: connect: connection refused
        4.2 % Error code: 429 - {'error': {'message': <text>, 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}
        4.1 % invalid_request_error: This model's maximum context length is <n> tokens, however you requested <n> tokens
        4.0 % upstream connect error: read tcp <ip>: read: connection reset by peer
        4.0 % monthly budget used up for tenant <*>
        3.1 % [gateway] request <id> failed: <url> answered 502
        3.1 % could not read the answer: ..."
    `);
  });

  it.each([1, 2, 3])("comes out the same in any order (%i)", (seed) => {
    expect(patternsOf(shuffled(marked(lines), seed), ["route"], 1000)).toEqual(found);
  });

  it("loses no line, however few are told", () => {
    for (const most of [0, 1, 5, 1000]) {
      const { patterns, others, empty, total } = patternsOf([...lines, line(""), line(" \t\n ")], ["route"], most);
      expect(patterns.length).toBeLessThanOrEqual(most);
      expect(patterns.reduce((sum, { count }) => sum + count, 0) + others.count + empty).toBe(total);
      expect([empty, total]).toEqual([2, lines.length + 2]);
      const shares = patterns.reduce((sum, { share }) => sum + share, 0) + others.share;
      expect(shares).toBeCloseTo(1, 9);
    }
  });
});

describe("what differs from call to call is taken out", () => {
  it.each([
    ["timeout after 30000 ms", "timeout after <n> ms"],
    ["timeout after 1m30.5s, 12.5s, 300ms", "timeout after <duration>, <duration>, <duration>"],
    ["used 10,000 of 9999 tokens, 80%, $0.05, 1.5GB, #12", "used <n> of <n> tokens, <n>%, $<n>, <n>GB, #<n>"],
    ["attempt 3/5 and attempt:4", "attempt <n>/<n> and attempt:<n>"],
    [`request ${uuid(dice(1))} and 0x7ffe and u-8841`, "request <id> and <id> and <id>"],
    ["no route to 10.0.0.1:443, fe80::1 or host:8080", "no route to <ip>, <ip> or host:<n>"],
    ["GET https://a.b/c?d=e&f=1 (https://x.y)", "GET <url> (<url>)"],
    ["at 2026-11-21 03:00:00,123 and at 2026-11-21T03:00:00.123Z", "at <time> and at <time>"],
    ["bob@example.com cannot open /var/lib/x.db?y=1", "<email> cannot open <path>"],
    ["unexpected token '<' in \"<!DOCTYPE html>\"", "unexpected token <text> in <text>"],
    ["can't read, it's 'invalid_key'", "can't read, it's 'invalid_key'"],
    ["HTTP/1.1 503 from code:429, status=404, answered 500", "HTTP/1.1 503 from code:429, status=404, answered 500"],
    ["psycopg2.OperationalError: gone", "psycopg2.OperationalError: gone"],
    ["page 503 of 429 pages", "page <n> of <n> pages"],
    ["blob iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ== ends", "blob <id>== ends"],
    ["  two\t spaces\r\n", "two spaces"],
  ])("%s", (text, template) => {
    expect(templates([text])).toEqual([template]);
  });

  it("a name that the label of a line knows is called by its label, but not a word of errors", () => {
    const lines = [
      line("parse error from product-search", 1, { route: "product-search" }),
      line("parse error from support.reply.", 2, { route: "support.reply" }),
      line("timeout from 'gpt-4o-mini'", 3, { route: "timeout", model: "gpt-4o-mini" }),
    ];
    expect(patternsOf(lines, ["route", "model"]).patterns.map(({ template }) => template)).toEqual([
      "parse error from <route>",
      "timeout from <model>",
    ]);
  });

  it("names that no label knows are found by how many there are, and causes are not taken for names", () => {
    const tenants = "acme globex initech umbrella hooli stark".split(" ");
    expect(templates(tenants.map((t) => `monthly budget used up for ${t}`))).toEqual([
      "monthly budget used up for <*>",
    ]);
    expect(templates(tenants.slice(1).map((t) => `monthly budget used up for ${t}`))).toHaveLength(5);
    const tools = "get_weather search_web run_sql send_mail lookup_order refund cancel_order".split(" ");
    expect(templates(tools.map((t) => `tool ${t} raised ValueError: missing argument`))).toEqual([
      "tool <*> raised ValueError: missing argument",
    ]);
    const causes = "refused reset closed timed_out aborted unavailable denied".split(" ");
    expect(templates(causes.map((c) => `connection to the provider was ${c}`))).toHaveLength(7);
  });
});

describe("a line may be", () => {
  const timeout = "provider timeout after <n> ms";
  it.each([
    ["a record with a message", '{"level":"error","msg":"provider timeout after 3 ms"}', timeout],
    [
      "a record with an error",
      '{"msg":"call failed","error":{"type":"timeout","message":"after 3 ms"}}',
      "call failed: timeout: after <n> ms",
    ],
    ["a record that says it twice", '{"msg":"failed: gone","error":{"message":"gone"}}', "failed: gone"],
    ["a record whose error is a text", ' {"error":"provider timeout after 3 ms"}', timeout],
    [
      "a record in a text in a record",
      JSON.stringify({ error: JSON.stringify({ message: "provider timeout after 3 ms" }) }),
      timeout,
    ],
    ["a record without a message", '{"b":1,"a":{}}', "record with a, b"],
    [
      "a record with hostile keys",
      '{"__proto__":{"message":"evil"},"constructor":{},"error":{"message":"gone"}}',
      "gone",
    ],
    ["a broken record", '{"error": "provider timeout aft', '{"error": "provider timeout aft'],
    ["a list", "[1, 2]", "[<n>, <n>]"],
    ["logfmt", 'level=error msg="provider timeout after 3 ms" err=EOF', `${timeout}: EOF`],
    ["logfmt with quotes inside", String.raw`ts=1 msg="said \"no\" twice"`, 'said "no" twice'],
    ["with its time and level first", "[2026-11-21 03:00:00] WARN - provider timeout after 3 ms", timeout],
    ["a time and nothing else", "2026-11-21T03:00:00Z", "<time>"],
    [
      "Java",
      "java.net.SocketTimeoutException: Read timed out\n\tat java.net.Socket.read(Socket.java:1)\n\tat com.acme.Gate.call(Gate.java:12)",
      "java.net.SocketTimeoutException: Read timed out, in com.acme.Gate.call (Gate.java)",
    ],
    [
      "Go",
      "panic: nil map\n\ngoroutine 7 [running]:\nruntime.x(0x1)\n\t/usr/local/go/src/x.go:1 +0x1\nmain.answer(0xc0)\n\t/app/reply.go:12 +0x5",
      "panic: nil map, in main.answer (reply.go)",
    ],
    ["several lines that are no stack", "first thing\nsecond thing", "first thing"],
  ])("%s", (_, text, template) => {
    expect(templates([text])).toEqual([template]);
  });

  it("the record of a call: its id is the call's, unless the line has a label", () => {
    const texts = ['{"call_id":"a","error":"gone"}', '{"trace_id":"b","error":"gone"}', '{"call_id":7,"error":"gone"}'];
    const { patterns } = patternsOf([...texts.map((t, i) => line(t, i)), line(texts[0]!, 9, { call: "c" })], []);
    expect(patterns).toMatchObject([{ count: 4, first: 0, last: 9, calls: ["c", "b", "a"] }]);
  });
});

describe("hostile lines", () => {
  it("of a megabyte, of brackets, of quotes, of anything: each is counted, none is kept whole", () => {
    const million = 1 << 20;
    const texts = [
      "x".repeat(million),
      `{"error":"${"y".repeat(million)}"}`,
      `{"error":{"message":"${"z ".repeat(million / 4)}"}}`,
      `"'`.repeat(million / 2),
      "{".repeat(million),
      `{"a":`.repeat(5000) + "1" + "}".repeat(5000),
      " at (".repeat(100_000) + "\n",
      "\\".repeat(million),
      "=".repeat(million),
      'msg="\\'.repeat(50_000),
      "1:".repeat(million / 2),
      "bytes \ufffd\ufffd\u0000\ud800 lost",
    ];
    const { patterns, others, empty, total } = patternsOf(
      texts.map((text, i) => line(text, i)),
      [],
      100,
    );
    expect(patterns.reduce((sum, { count }) => sum + count, 0) + others.count + empty).toBe(total);
    for (const { template } of patterns) expect(template.length).toBeLessThan(5000);
  });

  it("escapes and line breaks do not come through as such, and a forged time is no template", () => {
    const [template] = templates(["gone\u001b[2J\u0007\r\n2026-11-21 forged line"]);
    expect(template).toBe(harmless(template!));
    expect(template).toBe("gone [<id>");
  });

  it("secrets and personal data are not kept", () => {
    const texts = [
      "refused: Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
      "login of erin.example@example.com with password=correcthorse failed",
      "card 4111 1111 1111 1111 declined",
    ];
    const all = JSON.stringify(of(texts));
    expect(all).not.toMatch(/eyJ|erin|correcthorse|4111/);
  });

  it("more different texts than are told apart: counted by how they begin, in any order", () => {
    const { below } = dice(3);
    const word = () => Array.from({ length: 6 }, () => String.fromCharCode(97 + below(26))).join("");
    const lines = Array.from({ length: 60_000 }, (_, i) =>
      line(`gave up on ${word()} for ${word()} and ${word()} then ${word()}`, i),
    );
    const found = patternsOf(lines, []);
    expect(found.patterns).toMatchObject([{ template: expect.stringMatching(/^gave up on /), count: 60_000 }]);
    expect(patternsOf(lines.toReversed(), [])).toEqual(found);
  });

  it("of all sorts at random: the same patterns in any order, and every line counted once", () => {
    const pieces = [
      "timeout",
      "for",
      "acme",
      "17",
      "'",
      '"',
      "{",
      "}",
      ":",
      "=",
      "msg=",
      "a/b",
      "x@y.z",
      "\n    at f (/a/b.ts:1:2)",
      "é\ud800",
      "\u0000",
      "<n>",
      "<*>",
      "...",
      "0x1f",
      "  ",
      "10.0.0.1",
      "ERROR",
      "[",
      "]",
    ];
    for (let seed = 1; seed <= 40; seed++) {
      const { below, pick } = dice(seed);
      const text = () => Array.from({ length: below(14) }, () => pick(pieces)).join(pick([" ", "", " "]));
      const lines = Array.from({ length: 300 }, (_, i) =>
        line(text(), below(50), { call: `c${below(9)}`, route: pick(["acme", "for"]), n: String(i) }),
      );
      const found = patternsOf(lines, ["route"]);
      expect(patternsOf(shuffled(lines, seed), ["route"])).toEqual(found);
      const { patterns, others, empty, total } = found;
      expect(patterns.reduce((sum, { count }) => sum + count, 0) + others.count + empty).toBe(total);
      for (const { first, last, calls } of patterns) {
        expect(first).toBeLessThanOrEqual(last);
        expect(new Set(calls).size).toBe(calls.length);
      }
    }
  });

  it("no line at all", () => {
    expect(of([])).toEqual({ patterns: [], others: { patterns: 0, count: 0, share: 0 }, empty: 0, total: 0 });
    expect(of(["", "  "])).toMatchObject({ patterns: [], empty: 2, total: 2 });
  });
});
