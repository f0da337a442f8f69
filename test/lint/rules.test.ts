import { describe, expect, it } from "vitest";
import { rules } from "../../src/lint/index.ts";
import { lint } from "../../src/lint/lint.ts";

const head = `id: example
title: Example
class: cost
severity: SEV2
summary: An example.`;
const another = {
  file: "another.yaml",
  text: `${head.replace("example", "another-runbook")}\nsteps:\n  - { id: a, title: A, instruct: A }\n`,
};

/** Rules that a snippet breaks, of a runbook beside another one and two signals. */
function broken(snippet: string): string[] {
  const findings = lint([{ file: "example.yaml", text: head + snippet }, another], {
    signals: ["cost_per_hour", "request_rate"],
  });
  return [...new Set(findings.map(({ rule }) => rule))];
}

describe.each(rules)("$name", ({ name, bad, good }) => {
  it("is found in its bad example, and nothing else is", () => expect(broken(bad)).toEqual([name]));
  it("and nothing is found in its good example", () => expect(broken(good)).toEqual([]));
});
