import { describe, expect, it } from "vitest";
import { completeness } from "../../src/lint/completeness/index.ts";
import { rules } from "../../src/lint/index.ts";
import { lint } from "../../src/lint/lint.ts";
import { prepare } from "../../src/lint/read.ts";
import { knownOf } from "./known.ts";
import { fileNamed } from "./told.ts";
import { incidentClasses } from "../../src/timeline/event.ts";
import type { Rule } from "../../src/lint/rule.ts";

const absences = new Set(completeness.map(({ name }) => name));

const head = `id: example
title: Example
class: cost
severity: SEV2
summary: An example.`;
const another = {
  file: "another.yaml",
  text: `${head.replace("example", "another-runbook")}\nalerts: [Another]\nsteps:\n  - { id: a, title: A, instruct: A }\n`,
};
const ofOtherClasses = incidentClasses
  .filter((one) => one !== "cost")
  .map((one) => ({
    file: `${one}.yaml`,
    text: another.text.replace("another-runbook", one).replace("cost", one).replace("[Another]", "[]"),
  }));

const alerts = {
  file: "rules.yml",
  text: `groups: [{ name: known, rules: [${["CostExplosion", "SpendDoubled", "Another"]
    .map((name) => `{ alert: ${name}, expr: up == 0, annotations: { runbook: another-runbook } }`)
    .join(", ")}] }]`,
};

/** An example as a file: what rules of runbooks and queries show is only the part that matters. */
function fileOf({ on }: Rule, example: string): { file: string; text: string } {
  const isPart = on === "runbook" || on === "promql" || on === "logql" || on === "sql";
  return { file: fileNamed("example", on), text: isPart ? head + example : example.trimStart() };
}

await prepare();
/** Of the examples: where a folder is misspelt, it is not there. */
const besideOf = (text: string) =>
  new Map([["example/llmops.yaml", { stacks: ["litellm", "otel"], noRunbooks: /runboks/.test(text) }]]);

const known = await knownOf(
  rules.filter(({ on }) => on === "sql").flatMap((rule) => [fileOf(rule, rule.bad), fileOf(rule, rule.good)]),
);

/** Rules that an example breaks, beside another runbook and two signals; what it leaves out counts only where it is the point. */
function broken(rule: Rule, example: string): string[] {
  const findings = lint([fileOf(rule, example), another, ...ofOtherClasses, alerts], {
    ...known,
    beside: besideOf(example),
    signals: ["cost_per_hour", "request_rate", "hallucination_rate"],
  });
  const counts = (name: string) => (absences.has(rule.name) ? name === rule.name : !absences.has(name));
  const here = findings.filter(({ file }) => file === fileOf(rule, example).file);
  return [...new Set(here.map(({ rule: name }) => name))].filter(counts);
}

describe.each(rules)("$name", (rule) => {
  it("is found in its bad example, and nothing else is", () => expect(broken(rule, rule.bad)).toEqual([rule.name]));
  it("and nothing is found in its good example", () => expect(broken(rule, rule.good)).toEqual([]));
  it("tells what the mistake leads to, and where it was seen", () => {
    expect(rule.why).toMatch(/^[A-Z`].+[.]$/);
    expect(rule.seen).not.toBe("");
  });
});

it("every rule has a name of its own", () => {
  const names = rules.map(({ name }) => name);
  expect([...new Set(names)]).toEqual(names);
});
