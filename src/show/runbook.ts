import { code, codeCell, text } from "../markdown.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { sayHealthy } from "../timeline/verdict.ts";
import { flowchart } from "./mermaid.ts";
import { treeOf } from "./runbookTree.ts";
import { endsOf, sayAsk, sayStep, sayWhen, type Ends } from "./runbookWords.ts";

/** A runbook as Markdown that GitHub shows as it is meant; whatever stands in it makes no markup of its own. */
export function runbookAsMarkdown(runbook: Runbook): string {
  const ends = endsOf(runbook);
  const { id, title, summary, followUps } = runbook;
  const parts = [
    `# ${text(title)}`,
    text(summary),
    row(["", ""], aboutOf(runbook)),
    `Start it: ${code(`llmops incident start ${id}`)}`,
    ...evidenceOf(runbook),
    "## Steps",
    runbook.steps.map((step, index) => stepOf(step, index, ends)).join("\n\n"),
    ...(followUps.length === 0 ? [] : ["## Afterwards", followUps.map((one) => `- ${text(one)}`).join("\n")]),
    "## Decision tree",
    diagram(runbook),
  ];
  return parts.join("\n\n");
}

function aboutOf({ id, class: kind, severity, owner, reviewed, alerts, scope }: Runbook): string[][] {
  return [
    ["Id", codeCell(id)],
    ["Class", kind],
    ["Severity", severity],
    ["Owner", owner === undefined ? "nobody" : text(owner)],
    ["Reviewed", reviewed ?? "never"],
    ["Alerts", alerts.length === 0 ? "none" : alerts.map(codeCell).join(", ")],
    ["Scope", scope.length === 0 ? "everything" : scope.join(", ")],
  ];
}

function evidenceOf({ evidence }: Runbook): string[] {
  if (evidence.length === 0) return [];
  const rows = evidence.map((one) => {
    const { language, query } = sayAsk(one);
    const healthy = one.healthy === undefined ? "" : text(sayHealthy(one.healthy));
    return [
      codeCell(one.id),
      `${language === "signal" ? "" : `${language} `}${codeCell(query.replace(/\s+/g, " ").trim())}`,
      one.by ?? "",
      healthy,
    ];
  });
  return ["## Evidence", row(["Id", "What is read", "Split by", "Healthy"], rows)];
}

function row(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function stepOf(step: Runbook["steps"][number], index: number, ends: Ends): string {
  const number = `${index + 1}. `;
  const when = step.when === undefined ? "" : `, when ${text(sayWhen(step.when, ends))}`;
  const indent = " ".repeat(number.length);
  const lines = sayStep(step, ends).map((line) =>
    line.startsWith("- ") ? `${indent}- ${text(line.slice(2))}` : `${indent}${text(line)}`,
  );
  // a list right behind a paragraph is one in GitHub only where a blank line stands between
  const body = lines.flatMap((line, at) =>
    line.startsWith(`${indent}- `) && !lines[at - 1]?.startsWith(`${indent}- `) ? ["", line] : [line],
  );
  return [`${number}**${text(step.title)}** (${code(step.id)})${when}`, "", ...body].join("\n");
}

function diagram(runbook: Runbook): string {
  const { nodes, arrows } = treeOf(runbook);
  const drawn = flowchart(nodes, arrows);
  return drawn === undefined ? "It is too large to be drawn." : `\`\`\`mermaid\n${drawn}\n\`\`\``;
}
