import { describe, expect, it } from "vitest";
import { lint } from "../../src/lint/lint.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\n";
const step = "steps: [{ id: a, title: A, instruct: A }]\n";
const rulesOf = (text: string) => lint([{ file: "hostile.yaml", text }]).map(({ rule }) => rule);

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
    "billion laughs": laughs,
    "an alias cycle": `${head}steps: &a [*a]`,
    "deep flow": `steps: ${"[".repeat(100_000)}`,
    "100,000 anchors": Array.from({ length: 100_000 }, (_, n) => `a${n}: &b${n} 1`).join("\n"),
    "a key __proto__": `${head}${step}__proto__: { polluted: true }\n`,
    "__proto__ as an id": `${head}evidence: { __proto__: cost_per_hour }\n${step}`,
    "constructor as a step's key": `${head}steps: [{ id: a, title: A, constructor: {}, instruct: A }]\n`,
    "constructor in a condition": `${head}steps: [{ id: a, title: A, when: { toString: x }, instruct: A }]\n`,
    nothing: "",
    "a comment": "# nothing\n",
    "a list": "- a\n- b\n",
    "a word": "hello",
    binary: "\u0000\u0001\u0002\ufffd\u007fELF",
    "UTF-16 read as text": "\ufffe\u0000i\u0000d\u0000:",
    "two documents": `${head}${step}---\n${head}${step}`,
    "a tab": `${head}steps:\n\t- id: a\n`,
    "an unknown tag": `${head}steps: !evil [{ id: a, title: A, instruct: A }]\n`,
    "a key twice": `${head}title: Again\n${step}`,
    "a key of 100,000 letters": `${head}${step}${"k".repeat(100_000)}: 1\n`,
  };
  it.each(Object.keys(hostile))("%s", (name) => {
    const findings = lint([{ file: "hostile.yaml", text: hostile[name]! }]);
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

  it("1,000 runbooks in circles of ten: every one is checked, its circle is seen in each", () => {
    const files = Array.from({ length: 1000 }, (_, n) => ({
      file: `r${n}.yaml`,
      text: `${head.replace("example", `r${n}`)}steps: [{ id: on, title: On, continue: r${n % 10 === 9 ? n - 9 : n + 1} }]\n`,
    }));
    const findings = lint(files);
    expect(findings.length).toBe(1000);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(["continue-cycle"]));
  });
});
