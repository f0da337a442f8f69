import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/document/document.ts";
import { escapePointer, memberAt, namesAt, readAt, replaceAt } from "../../src/document/edit.ts";
import type { Format } from "../../src/document/edit.ts";
import type { Value } from "../../src/document/tree.ts";

function set(text: string, pointer: string, value: Value, create = false, format: Format = "yaml"): string {
  const done = replaceAt(text, format, pointer, value, create);
  if ("error" in done) throw new Error(done.error);
  return done.text;
}

function get(text: string, pointer: string, format: Format = "yaml"): Value {
  const read = readAt(text, format, pointer);
  if ("error" in read) throw new Error(read.error);
  return read.value;
}

const gateway = [
  "# the gateway reads this file every 5 s",
  "routes:",
  "  support.reply:   # owner: support",
  "    enabled: true      # kill switch",
  '    model: "gpt-4o"',
  "    fallback: 'rules'",
  "    max_tokens: 4096",
  "    budget: 12345678901234567890",
  "    ratio: 0x1F",
  "    prompt: |",
  "      Be kind.",
  "",
  "      Be short.",
  "  agent.research: {enabled: true, model: gpt-4o-mini}",
  "empty:",
  "blocked:",
  "  - u-1  # asked for it",
  "  - 'u-2'",
  "",
].join("\n");

describe("replaceAt in YAML", () => {
  const line = (text: string, n: number): string => text.split("\n")[n - 1]!;

  it("changes one scalar and keeps quotes, comments and everything else", () => {
    expect(line(set(gateway, "/routes/support.reply/enabled", { is: false }), 4)).toBe(
      "    enabled: false      # kill switch",
    );
    expect(line(set(gateway, "/routes/support.reply/model", { is: 'a "b"' }), 5)).toBe('    model: "a \\"b\\""');
    expect(line(set(gateway, "/routes/support.reply/fallback", { is: "it's" }), 6)).toBe("    fallback: 'it''s'");
    const other = set(gateway, "/routes/support.reply/max_tokens", { is: 512 });
    expect(other).toBe(gateway.replace("4096", "512"));
  });

  it("fills a key without a value", () => {
    expect(set(gateway, "/empty", { is: 1 })).toContain("\nempty: 1\n");
    expect(set("a:   # why\n", "/a", { is: "x" })).toBe("a:   x # why\n");
    expect(set("{a: , b: 1}", "/a", { is: 2 })).toBe("{a: 2, b: 1}");
  });

  it("writes a literal block again as a block", () => {
    const prompt = "/routes/support.reply/prompt";
    const changed = set(gateway, prompt, { is: "One.\nTwo." });
    expect(changed).toContain("    prompt: |-\n      One.\n      Two.\n  agent.research");
    expect(set(changed, prompt, get(gateway, prompt))).toBe(gateway);
  });

  it("quotes texts that a YAML reader would take for something else", () => {
    for (const word of [
      "yes",
      "off",
      "null",
      "",
      "12",
      "1e3",
      "0x10",
      "2026-01-01",
      "a: b",
      "# x",
      "- x",
      "[x]",
      " x",
      "x\ny",
      "~",
    ]) {
      const text = set("a: b\nc: d\n", "/a", { is: word });
      expect(get(text, "/a")).toEqual({ is: word });
      expect(get(text, "/c")).toEqual({ is: "d" });
    }
    expect(set("a: b\n", "/a", { is: "yes" })).toBe('a: "yes"\n');
    expect(set("a: b\n", "/a", { is: "gpt-4o" })).toBe("a: gpt-4o\n");
  });

  it("creates a key like its neighbours only when it may, and takes it away again to the byte", () => {
    const pointer = "/routes/support.reply/rpm_limit";
    expect(replaceAt(gateway, "yaml", pointer, { is: 5 }, false)).toHaveProperty("error");
    for (const text of [gateway, gateway.replaceAll("\n", "\r\n"), gateway.trimEnd()]) {
      for (const p of [pointer, "/routes/agent.research/rpm_limit", "/top"]) {
        const created = set(text, p, { is: 5 }, true);
        expect(get(created, p)).toEqual({ is: 5 });
        expect(created.includes("\r\n")).toBe(text.includes("\r\n"));
        expect(set(created, p, { absent: true })).toBe(text);
      }
    }
    expect(set(gateway, pointer, { is: 5 }, true)).toContain("      Be short.\n    rpm_limit: 5\n  agent");
  });

  it("takes away the first, the last and the only key", () => {
    expect(set("a: 1 # x\nb: 2\n", "/a", { absent: true })).toBe("b: 2\n");
    expect(set("- a: 1\n  b: 2\n", "/0/a", { absent: true })).toBe("- b: 2\n");
    expect(set("r:\n  a: 1\ns: 1\n", "/r/a", { absent: true })).toBe("r:\n  {}\ns: 1\n");
    expect(set("{a: 1, b: 2}", "/a", { absent: true })).toBe("{b: 2}");
    expect(set("a: 1", "/x/y", { absent: true })).toBe("a: 1");
  });

  it("replaces lists and maps whole", () => {
    expect(get(set(gateway, "/blocked", { is: ["u-9"] }), "/blocked")).toEqual({ is: ["u-9"] });
    expect(get(set("a:\n- x\nb: 1\n", "/a", { is: [] }), "/a")).toEqual({ is: [] });
  });

  it("refuses what would change something else too", () => {
    const letThrough = [
      ["a: &x {k: 1}\nb: *x\n", "/a/k"],
      ["a: &x {k: 1}\nb: *x\n", "/b/k"],
      ["base: &b {k: 1}\na:\n  <<: *b\n  j: 1\n", "/a/k"],
      ["a: 1\n", "/a/k"],
      ["a: [1]\n", "/a/k"],
      ["a: 1\n", "a"],
      ["a: [1, 2\n", "/a"],
    ].filter(([text, pointer]) => !("error" in replaceAt(text!, "yaml", pointer!, { is: 2 }, true)));
    expect(letThrough).toEqual([]);
    expect(get(set("a: &x 1\nb: *x\n", "/b", { is: 2 }), "/a")).toEqual({ is: 1 });
  });
});

describe("replaceAt in JSON", () => {
  const json =
    '{\n\t"routes": { "a/b": {"enabled":true,"n":12345678901234567890.50}, "x~y": 1e400 },\n\t"z": [1, {"k": "\\u00e9"}]\n}';

  it("keeps layout, escapes and big numbers", () => {
    expect(set(json, "/routes/a~1b/enabled", { is: false }, false, "json")).toBe(json.replace("true", "false"));
    expect(get(json, "/routes/a~1b/n", "json")).toEqual({ is: 12345678901234567000, exact: "12345678901234567890.50" });
    expect(get(json, "/routes/x~0y", "json")).toEqual({ is: Infinity, exact: "1e400" });
    expect(set(json, "/z/1/k", { is: "\u2028\n" }, false, "json")).toContain('{"k": "\u2028\\n"}');
  });

  it("writes a number back as its owner spells it", () => {
    const before = get(json, "/routes/a~1b/n", "json");
    const changed = set(json, "/routes/a~1b/n", { is: 5 }, false, "json");
    expect(set(changed, "/routes/a~1b/n", before, false, "json")).toBe(json);
    const whole = get(json, "/routes", "json");
    expect(whole).toMatchObject({ exact: '{"a/b":{"enabled":true,"n":12345678901234567890.50},"x~y":1e400}' });
  });

  it("creates and takes away members in every layout", () => {
    for (const text of [
      "{}",
      "{ }",
      '{"a":1}',
      '{ "a": 1 }',
      '{\n  "a": 1\n}\n',
      '{\r\n  "a" : 1,\r\n  "b" : [2]\r\n}',
    ]) {
      const created = set(text, "/new", { is: "x" }, true, "json");
      expect(JSON.parse(created)).toEqual({ ...(JSON.parse(text) as object), new: "x" });
      expect(set(created, "/new", { absent: true }, true, "json")).toBe(text);
    }
    expect(set('{\n  "a": 1,\n  "b": 2\n}', "/c", { is: 3 }, true, "json")).toBe(
      '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}',
    );
  });

  it("tells broken JSON with its place", () => {
    expect(readAt('{"a": 1,\n "b" 2}', "json", "/a")).toEqual({ error: 'line 2, column 6: ":" is expected' });
    expect(readAt("{'a': 1}", "json", "/a")).toHaveProperty("error");
    expect(readAt('{"a": 1, "a": 2}', "json", "/a")).toHaveProperty("error");
    expect(readAt("01", "json", "")).toHaveProperty("error");
    expect(readAt("[".repeat(50_000), "json", "")).toHaveProperty("error");
  });
});

describe("six kinds of nothing", () => {
  it.each([
    ["yaml", 'a: null\nb: ""\nc: 0\nd: false\ne: []\nother: 1\n'],
    ["json", '{"a": null, "b": "", "c": 0, "d": false, "e": [], "other": 1}'],
  ] as const)("are told apart and written apart in %s", (format, text) => {
    const kinds: Value[] = [{ is: null }, { is: "" }, { is: 0 }, { is: false }, { is: [] }, { absent: true }];
    expect(["/a", "/b", "/c", "/d", "/e", "/f"].map((p) => get(text, p, format))).toEqual(kinds);
    for (const kind of kinds) expect(get(set(text, "/other", kind, true, format), "/other", format)).toEqual(kind);
  });
});

describe("memberAt", () => {
  it("adds and removes one member and leaves the others alone", () => {
    const added = memberAt(gateway, "yaml", "/blocked", "u-3", true);
    expect(added).toEqual({ text: gateway.replace("  - 'u-2'\n", "  - 'u-2'\n  - 'u-3'\n") });
    expect(memberAt((added as { text: string }).text, "yaml", "/blocked", "u-3", false)).toEqual({ text: gateway });
    expect(memberAt(gateway, "yaml", "/blocked", "u-1", true)).toEqual({ text: gateway });
    expect(memberAt('[ "a", 1e400 ]', "json", "", "a", false)).toEqual({ text: "[ 1e400 ]" });
    expect(memberAt("[]", "json", "", "a", true)).toEqual({ text: '["a"]' });
    expect(memberAt("a:\n- x\nb: 1\n", "yaml", "/a", "x", false)).toEqual({ text: "a:\n []\nb: 1\n" });
    expect(memberAt("a: 1", "yaml", "/a", "x", true)).toHaveProperty("error");
  });

  it("lists names", () => {
    expect(namesAt(gateway, "yaml", "/routes")).toEqual(["support.reply", "agent.research"]);
    expect(namesAt(gateway, "yaml", "/blocked")).toEqual(["u-1", "u-2"]);
    expect(namesAt(gateway, "yaml", "/nothing/here")).toEqual([]);
  });
});

/** A small generator with a seed, so that a failing document can be found again. */
function chance(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const words = ["gpt-4o", "support.reply", "a b", "it's", "x: y", "é", "#no", "-", "true!", "v14", 'say "hi"', "\\path"];

/** Every scalar of a document by its pointer. */
function values(text: string, format: Format): Map<string, unknown> {
  const read = (value: unknown, at: string): [string, unknown][] =>
    value === null || typeof value !== "object"
      ? [[at, value]]
      : Object.entries(value).flatMap(([k, v]) => read(v, `${at}/${escapePointer(k)}`));
  const whole = format === "json" ? (JSON.parse(text) as unknown) : parseDocument(text, "f.yaml").document!.value;
  return new Map(read(whole, ""));
}

describe("any document", () => {
  const keys = ["a", "b.c", "d/e", "f~g", "h i", "1", "key"];

  function grow(
    random: (n: number) => number,
    format: Format,
    depth: number,
    indent: string,
  ): { text: string; flow: boolean } {
    const scalar = (): string => {
      const n = random(7);
      if (n === 0) return String(random(5000));
      if (n === 1) return random(2) === 0 ? "true" : "false";
      if (n === 2) return "98765432109876543210";
      const word = words[random(words.length)]!;
      if (n === 3 && format === "yaml") return `'${word.replaceAll("'", "''")}'`;
      if (n === 4 && format === "yaml") return "plain-text";
      return JSON.stringify(word);
    };
    const kind = depth === 0 ? 0 : random(3);
    if (kind === 0 && depth < 3) return { text: scalar(), flow: true };
    const chosen = keys.filter(() => random(2) === 0);
    if (chosen.length === 0) chosen.push("a");
    const comma = random(2) === 0 ? "," : ", ";
    const inner = `${indent}  `;
    if (format === "json" || kind === 1) {
      const members = chosen.map((k) => `${JSON.stringify(k)}: ${grow(random, "json", depth - 1, inner).text}`);
      return { text: `{${members.join(comma)}}`, flow: true };
    }
    const lines = chosen.map((k) => {
      const child = grow(random, format, depth - 1, inner);
      const comment = random(3) === 0 ? "  # why" : "";
      return child.flow ? `${indent}${k}: ${child.text}${comment}` : `${indent}${k}:${comment}\n${child.text}`;
    });
    return { text: lines.join("\n"), flow: false };
  }

  it.each(["yaml", "json"] as const)(
    "in %s: every scalar can be set and set back to the same bytes; a key created and taken away",
    (format) => {
      let scalars = 0;
      for (let seed = 1; seed <= 40; seed++) {
        const random = chance(seed);
        const text = grow(random, format, 3, "").text + (random(2) === 0 ? "\n" : "");
        const all = [...values(text, format).keys()];
        for (const pointer of new Set([1, 2, 3, 4].map(() => all[random(all.length)]!))) {
          const before = get(text, pointer, format) as { is: unknown };
          // a text without quotes gets some when it needs them, and keeps them from then on
          const plain = before.is === "plain-text";
          const after =
            typeof before.is === "string"
              ? { is: plain ? "gpt-4o" : words[random(words.length)]! }
              : { is: random(9999) };
          const changed = set(text, pointer, after, false, format);
          expect(get(changed, pointer, format)).toEqual(after);
          expect(set(changed, pointer, before as Value, false, format), `${seed} ${pointer}`).toBe(text);
          expect(values(changed, format)).toEqual(new Map([...values(text, format), [pointer, after.is]]));
          const beside = `${pointer.slice(0, pointer.lastIndexOf("/"))}/new`;
          const created = set(text, beside, after, true, format);
          expect(set(created, beside, { absent: true }, false, format), `${seed} ${beside}`).toBe(text);
          scalars++;
        }
      }
      expect(scalars).toBeGreaterThan(80);
    },
  );
});
