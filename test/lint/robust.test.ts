import { describe, expect, it } from "vitest";
import { lintParts } from "./parts.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\n";
const step = "steps: [{ id: a, title: A, instruct: A }]\n";
const rulesOf = (text: string) => lintParts([{ file: "hostile.yaml", text }]).map(({ rule }) => rule);

const laughs = ["a: &a [x, x, x, x, x, x, x, x, x]"]
  .concat(
    Array.from(
      { length: 9 },
      (_, n) => `${"bcdefghij"[n]}: &${"bcdefghij"[n]} [${Array(9).fill(`*${"abcdefghi"[n]}`).join(", ")}]`,
    ),
  )
  .join("\n");

describe("hostile files end in findings", { timeout: 60_000 }, () => {
  const hostile: Record<string, string> = {
    "L01: billion laughs": laughs,
    "L02: an alias cycle": `${head}steps: &a [*a]`,
    "L01: deep flow": `steps: ${"[".repeat(100_000)}`,
    "L01: 100,000 anchors": Array.from({ length: 100_000 }, (_, n) => `a${n}: &b${n} 1`).join("\n"),
    "L03: a key __proto__": `${head}${step}__proto__: { polluted: true }\n`,
    "L03: __proto__ as an id": `${head}evidence: { __proto__: cost_per_hour }\n${step}`,
    "L03: constructor as a step's key": `${head}steps: [{ id: a, title: A, constructor: {}, instruct: A }]\n`,
    "L03: constructor in a condition": `${head}steps: [{ id: a, title: A, when: { toString: x }, instruct: A }]\n`,
    "L04: nothing": "",
    "L04: a comment": "# nothing\n",
    "L04: a list": "- a\n- b\n",
    "L04: a word": "hello",
    "L04: binary": "\u0000\u0001\u0002\ufffd\u007fELF",
    "L04: UTF-16 read as text": "\ufffe\u0000i\u0000d\u0000:",
    "L04: two documents": `${head}${step}---\n${head}${step}`,
    "L04: a tab": `${head}steps:\n\t- id: a\n`,
    "L04: an unknown tag": `${head}steps: !evil [{ id: a, title: A, instruct: A }]\n`,
    "L04: a key twice": `${head}title: Again\n${step}`,
    "L01, L06: a key of 100,000 letters": `${head}${step}${"k".repeat(100_000)}: 1\n`,
    "L01: quadratic aliases": `a: &a [${"x,".repeat(1000)}]\nb: [${"*a,".repeat(5000)}]\n`,
    "L01: merge keys that multiply": `${head}${step}a: &a {x: 1}\n${Array.from({ length: 1000 }, (_, n) => `m${n}: { <<: *a }`).join("\n")}`,
    "L01: 100,000 comments that suppress": `${head}${step}${"# llmops-disable-next-line unknown-id: x\n".repeat(20_000)}`,
    "L01: a comment of 900,000 spaces": `${head}${step}# llmops-disable-next-line${" ".repeat(900_000)}x\n`,
    "L04: a merge key": `${head}steps: [&a { id: a, title: A, instruct: A }, { <<: *a, id: b }]\n`,
    "L01: deep block": Array.from({ length: 3000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
    "L01: a megabyte of one word": `${head}${step}x: ${"y".repeat(900_000)}\n`,
    "L01, L11: 10 MB": `${head}${step}# ${"y".repeat(10 * 1024 * 1024)}\n`,
    "L02: a cycle through a map": "a: &a { self: *a }\n",
    "L02: two that hold each other": "a: &a [&b [*a, *b]]\n",
    "L04: an empty key": `${head}${step}? \n: x\n`,
    "L04: a map as a key": `${head}${step}{ a: b }: x\n`,
    "L06: a misspelt field": `${head}${step}`.replace("summary", "sumary"),
    "L06: a misspelt field of a step": `${head}steps: [{ id: a, titel: A, instruct: A }]\n`,
  };
  it.each(Object.keys(hostile))("%s", (name) => {
    const findings = lintParts([{ file: "hostile.yaml", text: hostile[name]! }]);
    expect(findings.length).toBeGreaterThan(0);
    for (const { at, message } of findings) {
      expect(at.line).toBeGreaterThan(0);
      expect(at.column).toBeGreaterThan(0);
      // oxlint-disable-next-line no-control-regex
      expect(message).not.toMatch(/[\u0000-\u001f]|undefined|\[object|Invalid input|ZodError/);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("a runbook that could be walked in 2^40 ways is checked all the same", () => {
    const evidence = Array.from({ length: 40 }, (_, n) => `e${n}: cost_per_hour`).join(", ");
    const when = Array.from({ length: 40 }, (_, n) => `e${n}: unhealthy`).join(", ");
    const text = `${head}evidence: { ${evidence} }\nsteps: [{ id: a, title: A, when: { ${when}, b: c }, instruct: A }]\n`;
    expect(rulesOf(text)).toEqual(["unknown-id"]);
  });

  it("2,000 steps that all ask for each other are checked all the same", () => {
    const steps = Array.from(
      { length: 2000 },
      (_, n) => `  - { id: s${n}, title: S, when: { s${n + 1}: done, s${Math.max(0, n - 1)}: done }, instruct: S }`,
    );
    const rules = new Set(rulesOf(`${head}steps:\n${steps.join("\n")}\n`));
    expect([...rules].sort()).toEqual(["looks-down", "unknown-id", "unreachable"].filter((rule) => rules.has(rule)));
    expect(rules).toContain("looks-down");
  });

  it("L07, L11: 1,000 runbooks in circles of ten: every one is checked, its circle is seen in each", () => {
    const files = Array.from({ length: 1000 }, (_, n) => ({
      file: `r${n}.yaml`,
      text: `${head.replace("example", `r${n}`)}steps: [{ id: next, title: Go on, continue: r${n % 10 === 9 ? n - 9 : n + 1} }]\n`,
    }));
    const findings = lintParts(files);
    expect(findings.length).toBe(1000);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(["continue-cycle"]));
  });
});
