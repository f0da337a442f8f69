import { alerts } from "../../src/lint/alerts/index.ts";
import { completeness } from "../../src/lint/completeness/index.ts";
import { fileKinds } from "../../src/lint/kinds/index.ts";
import { project } from "../../src/lint/project/index.ts";
import { queries } from "../../src/lint/queries/index.ts";
import { safety } from "../../src/lint/safety/index.ts";
import { shapes, type Shape } from "../../src/lint/shape.ts";
import { structure } from "../../src/lint/structure/index.ts";
import { yaml } from "../../src/lint/yaml/index.ts";
import { formats } from "../../src/show/formats/index.ts";

interface Theme {
  title: string;
  about: string;
  rules: readonly Shape[];
}

export const themes: readonly Theme[] = [
  { title: "The file", about: "Found before any rule looks. None of these can be suppressed.", rules: shapes },
  { title: "Traps of YAML", about: "What is read otherwise than it looks.", rules: yaml },
  {
    title: "Structure",
    about: "What can never be reached, never holds, or names what is not there.",
    rules: structure,
  },
  { title: "Queries", about: "PromQL, LogQL and SQL, wherever they are written.", rules: queries },
  { title: "Safety", about: "What could make an incident worse.", rules: safety },
  { title: "Completeness", about: "What every runbook for an LLM incident has to have.", rules: completeness },
  { title: "Alerts", about: "Runbooks and the alerts that open them (`--alerts`).", rules: alerts },
  { title: "The project", about: "`llmops.yaml`, signals files, tests and templates.", rules: project },
];

/** runbooks/RULES.md */
export function rulesPage(): string {
  const shown = themes.filter(({ rules }) => rules.length > 0);
  return `${[
    "# What `llmops runbook lint` finds",
    "",
    "<!-- Written by LLMOPS_RULES=write npx vitest run test/rules, and held true by that test. -->",
    "",
    "| file | is |",
    "|---|---|",
    ...fileKinds.map(({ kind, summary }) => `| ${kind} | ${cell(summary)} |`),
    "",
    "| `--format` | is for |",
    "|---|---|",
    ...Object.values(formats).map(({ kind, summary }) => `| \`${kind}\` | ${cell(summary)} |`),
    "",
    "A finding that is as it should be is suppressed in the line above, with a reason:",
    "`# llmops-disable-next-line RULE: reason`.",
    ...shown.flatMap(index),
    ...shown.flatMap(({ rules }) => rules).flatMap(section),
  ].join("\n")}\n`;
}

function index({ title, about, rules }: Theme): string[] {
  return [
    "",
    `## ${title}`,
    "",
    about,
    "",
    "| rule | | |",
    "|---|---|---|",
    ...rules.map(({ name, severity, summary }) => `| [\`${name}\`](#${name}) | ${severity} | ${cell(summary)} |`),
  ];
}

function section({ name, severity, summary, why, seen, bad, good }: Shape): string[] {
  return [
    "",
    `### ${name}`,
    "",
    `${severity}: ${summary}`,
    "",
    why,
    "",
    `Seen: ${seen}`,
    ...(bad === "" ? [] : ["", "Found:", "", ...fenced(bad), "", "Not found:", "", ...fenced(good)]),
  ];
}

function fenced(example: string): string[] {
  const text = example.replace(/^\n+|\s+$/g, "");
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [`${fence}yaml`, text, fence];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
