import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { completeness } from "../../src/lint/completeness/index.ts";
import { rules } from "../../src/lint/index.ts";
import { lint } from "../../src/lint/lint.ts";
import { prepare } from "../../src/lint/read.ts";
import { knownOf } from "./known.ts";
import { fileNamed } from "./told.ts";
import { renderFindings } from "../../src/show/findings.ts";

const folder = new URL("./", import.meta.url);
const files = readdirSync(folder).filter((name) => /\.(yaml|hbs)$/.test(name));
const names = files.map((name) => name.replace(/\.\w+$/, ""));

const signals = ["cost_per_hour", "request_rate", "tokens_out_avg", "retry_amplification", "hallucination_rate"];
const another = {
  file: "another-runbook.yaml",
  text: `id: another-runbook
title: Another
class: cost
severity: SEV2
summary: Where an example goes on.
alerts: [Another]
steps: [{ id: a, title: A, instruct: A }]`,
};

const rulesOfAlerts = {
  file: "rules.yml",
  text: "groups: [{ name: g, rules: [{ alert: CostExplosion, expr: up == 0 }, { alert: Another, expr: up == 0 }] }]",
};

await prepare();
const known = await knownOf([{ file: "sql.yaml", text: readFileSync(new URL("sql.yaml", folder), "utf8") }]);

/** What these short runbooks leave out is shown where it is the point. */
function isShownIn(name: string, rule: string): boolean {
  const absences = completeness.map((one) => one.name);
  return absences.includes(name) ? rule === name : !absences.includes(rule);
}

describe("what the linter says", () => {
  it.each(names)("%s", async (name) => {
    const file = fileNamed(name, rules.find((rule) => rule.name === name)?.on ?? "runbook");
    const text = readFileSync(new URL(files[names.indexOf(name)]!, folder), "utf8");
    const beside = new Map([[file, { stacks: ["litellm", "otel"], noRunbooks: name === "missing-folder" }]]);
    const findings = lint([{ file, text }, another, rulesOfAlerts], { ...known, beside, signals }).filter(
      (one) => one.file === file && isShownIn(name, one.rule),
    );
    const out = renderFindings({ findings, texts: new Map([[file, text]]) }, "text");
    await expect(`${out}\n`).toMatchFileSnapshot(new URL(`${name}.out`, folder).pathname);
  });

  it("is shown for every rule", () => {
    expect(names).toEqual(expect.arrayContaining(rules.map(({ name }) => name)));
  });
});
