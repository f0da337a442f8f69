import { expect, it } from "vitest";
import { corpus, terminal } from "./corpus.ts";
import { faultIn, faultInExposition, faultInJson } from "./inspect.ts";

it("the corpus holds at least 380 texts that aim at the terminal, each once", () => {
  expect(terminal.length).toBeGreaterThanOrEqual(380);
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
});

it("the inspection sees what it looks for", () => {
  for (const text of [
    "a\u001b[31m",
    "a\tb",
    "a\u009b",
    "a\u202eb",
    "a\u{e0041}",
    "a\u0301\u0301\u0301\u0301\u0301",
    "\ud800",
  ])
    expect(faultIn(text), JSON.stringify(text)).toBeDefined();
  for (const line of [
    "✓ FORGED",
    "! FORGED",
    "  next: FORGED",
    "production changed:  FORGED",
    "::error file=FORGED",
    '{"FORGED":1}',
  ])
    expect(faultIn(`x\n${line}\ny`), line).toBeDefined();
  expect(faultInJson('{"a":1')).toBeDefined();
  expect(faultInExposition('llmops_x{a="b"} 1\nevil 1')).toBeDefined();
  expect(faultIn("x ✓ FORGED\n      ✓ FORGED, set in\n漢字 ü é 👩")).toBeUndefined();
  expect(faultInExposition('# HELP llmops_x y\nllmops_x{a="b\\"c",d="e"} 1\n')).toBeUndefined();
});
