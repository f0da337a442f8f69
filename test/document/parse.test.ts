import { describe, expect, it } from "vitest";
import { parseDocument, toYaml } from "../../src/document/document.ts";
import type { Document } from "../../src/document/document.ts";

const at = (document: Document, path: (string | number)[], offset: number) => {
  const start = document.inside(path, offset);
  return document.place(start, start).at;
};

function findings(text: string): string[] {
  const parsed = parseDocument(text, "f.yaml");
  expect(parsed.document === undefined).toBe(parsed.findings.length > 0);
  return parsed.findings.map((f) => `${f.at.line}:${f.at.column} ${f.message}`);
}

function parse(text: string): Document {
  const { document, findings: found } = parseDocument(text, "f.yaml");
  expect(found).toEqual([]);
  return document!;
}

describe("parseDocument", () => {
  it("reads YAML 1.2", () => {
    expect(parse("").value).toBeNull();
    expect(parse("# nothing\n").value).toBeNull();
    expect(parse("yes: no\n1: 0o17\nx: [~, 1.5, 'a']").value).toEqual({ yes: "no", "1": 15, x: [null, 1.5, "a"] });
    expect(parse('{\n\t"a": [1, {}]\n}').value).toEqual({ a: [1, {}] });
    expect(parse("a: &x [1]\nb: *x\nc: *x").value).toEqual({ a: [1], b: [1], c: [1] });
    expect(parse("a: &x 1\nb: &x 2\nc: *x").value).toEqual({ a: 1, b: 2, c: 2 });
  });

  it.each([
    [
      "a: 1\na: 2\nb: {c: 1, c: 2}",
      ["2:1 a is here twice; the first is on line 1", "3:11 c is here twice; the first is on line 3"],
    ],
    ["a:\n\tb: 1", ["2:1 a tab is used for indentation; YAML allows only spaces"]],
    ["a: 1\n---\nb: 2", ["2:1 a second document begins here: keep one in a file and remove this line"]],
    ["a: !foo x", ["1:4 !foo: tags are not known here"]],
    ["a: !!binary x", ["1:4 !!binary: tags are not known here"]],
    ["%YAML 1.1\n---\na: yes", ["1:1 files are read as YAML 1.2: remove this line"]],
    ["base: &base 1\na: *bse", ["2:4 no value above is marked &bse, did you mean base?"]],
    ["a: &x [*x]", ["1:8 *x stands inside the value it repeats"]],
    [
      "__proto__: 1\nb: {constructor: 2}",
      ["1:1 __proto__ is not allowed as a key", "2:5 constructor is not allowed as a key"],
    ],
    ["a: [1,\n\n2", ["1:4 [ opens here and is never closed"]],
    ['a: "x\nb: c', ['1:4 " opens here and is never closed']],
    [
      "a: { at: /r/{route}/x }",
      ['1:13 inside { } and [ ] a text with a bracket in it needs quotes, like "/routes/{route}"'],
    ],
    ["a: [x]]", ["1:7 nothing opens what is closed here"]],
    ["a: {{x}}", ['1:5 a key must be plain text; to write {{…}} or […] as a text, put it in "quotes"']],
    [
      "- a\nb: 1",
      [
        "2:1 something follows where the value had already ended: mend the indentation, or put the whole value in quotes",
      ],
    ],
    ['a: "\\q"', ["1:5 \\q means nothing inside \"…\": write \\\\ for a backslash, or use '…'"]],
    [
      "steps:\n  - id: x\n   kind: y",
      ['3:1 a list goes on here, but there is no "- ", or this line is indented differently from the one above'],
    ],
    ["x".repeat(1 << 21), ["1:1 longer than 1 MiB: this is no file for llmops"]],
    ["[".repeat(5000), ["1:101 nested more than 100 levels deep"]],
    ["- ".repeat(5000), ["1:201 nested more than 100 levels deep"]],
  ])("tells what is wrong once and in words (%#)", (text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  it("stops aliases that multiply", () => {
    const lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 9; i++)
      lines.push(`l${i}: &l${i} [${Array.from({ length: 10 }, () => `*l${i - 1}`).join(", ")}]`);
    expect(findings(lines.join("\n"))).toEqual([
      "5:10 aliases in this file repeat each other too often: write the values out",
    ]);
    const chain = ["a0: &a0 [x]", ...Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)];
    expect(findings(chain.join("\n"))).toHaveLength(1);
  });

  it("never throws for a text that was cut or mangled", () => {
    const whole =
      "a: &x\n  - \"b\\u0041\": [1, {c: 'd'}]\n    e: |+\n      f\n\n    g: >-\n      h\n      i\n*x : !!str 5\n";
    for (let i = 0; i < whole.length; i++)
      for (const text of [
        whole.slice(0, i),
        whole.slice(i),
        whole.slice(0, i) + "\t" + whole.slice(i),
        whole.slice(0, i) + whole.slice(i + 1),
      ]) {
        const parsed = parseDocument(text, "f.yaml");
        for (const f of parsed.findings) expect(f.message).not.toMatch(/undefined|YAML stream|node end|indicator/);
      }
  });
});

const text = [
  "id: cost",
  "steps:",
  "  - title: &t First",
  "    ask: {question: Why?, choices: [a, b]}",
  "  - title: *t",
  "    run:",
  "",
].join("\n");

describe("Document.at", () => {
  const doc = parse(text);
  const at = (path: (string | number)[], key?: boolean): string => {
    const { at: place, endColumn } = doc.at(path, key);
    return text.split("\n")[place.line - 1]!.slice(place.column - 1, endColumn - 1) + ` ${place.line}:${place.column}`;
  };

  it("gives the value, the key, or the nearest parent", () => {
    expect(at(["id"])).toBe("cost 1:5");
    expect(at(["id"], true)).toBe("id 1:1");
    expect(at(["steps", 0, "title"])).toBe("First 3:15");
    expect(at(["steps", 1, "title"])).toBe("*t 5:12");
    expect(at(["steps", 0, "ask", "question"], true)).toBe("question 4:11");
    expect(at(["steps", 0, "ask", "choices", 1])).toBe("b 4:40");
    expect(at(["steps", 0, "ask", "hint"])).toBe("ask 4:5");
    expect(at(["steps", 0, "when", "x"])).toBe("title 3:5");
    expect(at(["steps", 0])).toBe("title 3:5");
    expect(at(["steps"])).toBe("- 3:3");
    expect(at([])).toBe("id 1:1");
    expect(at(["nowhere"])).toBe("id 1:1");
    expect(parse("").at(["x"])).toEqual({ at: { line: 1, column: 1 }, endColumn: 2 });
  });
});

describe("Document.inside", () => {
  /** every character of every value that is visible stands, unescaped, where `inside` says */
  it.each([
    ["plain", "a: some text"],
    ["plain over lines", "a: some\n   text\n\n   goes on # end"],
    ["single", "a: 'it''s  \n  here'"],
    ["double", 'a: "x y\n   z\n\n   w \\\n   v"'],
    ["literal", "a: |\n  sum(\n    rate(x[5m]))\n\n  / 2\nb: 1"],
    ["literal, kept, deeper", "a:\n  b: 1\nc: |2+\n   one\n  two\n\n"],
    ["folded", "a: >-\n  sum(\n  rate\n    (more)\n  x)\n\n  last\n"],
    ["CRLF", "a: |\r\n  one\r\n\r\n  two\r\nb: >\r\n  x\r\n  y\r\n"],
    ["CRLF quoted", 'a: "one\r\n  two\r\n\r\n  three"'],
    ["empty lines first", "a: |\n\n  one\n"],
    ["in a list", "- - |-\n    one\n    two\n"],
  ])("is exact in %s", (_name, source) => {
    const doc = parse(source);
    const lines = source.split("\n");
    const wanted: string[] = [];
    const found: string[] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (Array.isArray(value)) value.forEach((v, i) => walk(v, [...path, i]));
      else if (typeof value === "string")
        for (let i = 0; i < value.length; i++) {
          const { line, column } = at(doc, path, i);
          wanted.push(value[i]!);
          found.push(lines[line - 1]![column - 1] ?? "\n");
        }
      else if (value !== null && typeof value === "object")
        for (const [k, v] of Object.entries(value)) walk(v, [...path, k]);
    };
    walk(doc.value, []);
    expect(wanted.length).toBeGreaterThan(4);
    // folded line breaks are spaces in the value, and line breaks in the text
    const blank = (text: string): string => (text.trim() === "" ? " " : text);
    expect(found.map(blank)).toEqual(wanted.map(blank));
  });

  it("counts escapes as the characters they mean", () => {
    const doc = parse('a: "\\n\\x41\\u00e9\\U0001F600\\"z\\\\y"');
    expect(doc.value).toEqual({ a: '\nA\u00e9\u{1f600}"z\\y' });
    const columns = Array.from({ length: 10 }, (_, i) => at(doc, ["a"], i).column);
    expect(columns).toEqual([5, 7, 11, 17, 17, 27, 29, 30, 32, 33]);
  });

  it("answers the start of what is no text", () => {
    expect(at(parse("a:\n  b: 1"), ["a", "b"], 5)).toEqual({ line: 2, column: 6 });
    expect(at(parse("a:\n  b: 1"), ["a", "c"], 5)).toEqual({ line: 1, column: 1 });
  });
});

it("toYaml writes what parseDocument reads", () => {
  const value = { a: "yes", b: ["x: y", 1, null, "12"], c: { d: "two\nlines\n", e: "" } };
  expect(parse(toYaml(value)).value).toEqual(value);
});
