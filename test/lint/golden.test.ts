import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { completeness } from "../../src/lint/completeness/index.ts";
import { rules } from "../../src/lint/index.ts";
import { lint } from "../../src/lint/lint.ts";
import { renderFindings } from "../../src/show/findings.ts";

const folder = new URL("./", import.meta.url);
const names = readdirSync(folder).flatMap((name) => (name.endsWith(".yaml") ? [name.replace(".yaml", "")] : []));

const signals = ["cost_per_hour", "request_rate", "tokens_out_avg", "retry_amplification"];
const another = {
  file: "another-runbook.yaml",
  text: `id: another-runbook
title: Another
class: cost
severity: SEV2
summary: Where an example goes on.
steps: [{ id: a, title: A, instruct: A }]`,
};

/** What these short runbooks leave out is shown where it is the point. */
function isShownIn(name: string, rule: string): boolean {
  const absences = completeness.map((one) => one.name);
  return absences.includes(name) ? rule === name : !absences.includes(rule);
}

describe("what the linter says", () => {
  it.each(names)("%s", async (name) => {
    const file = `${name}.yaml`;
    const text = readFileSync(new URL(file, folder), "utf8");
    const findings = lint([{ file, text }, another], { signals }).filter(
      (one) => one.file === file && isShownIn(name, one.rule),
    );
    const out = renderFindings({ findings, texts: new Map([[file, text]]) }, "text");
    await expect(`${out}\n`).toMatchFileSnapshot(new URL(`${name}.out`, folder).pathname);
  });

  it("is shown for every rule", () => {
    expect(names).toEqual(expect.arrayContaining(rules.map(({ name }) => name)));
  });
});
