import { createHash } from "node:crypto";
import type { Finding } from "../../document/document.ts";
import { harmless, shorten } from "../../harmless.ts";
import { bare, open, type Format, type Linted } from "./format.ts";
import { text } from "./text.ts";

/**
 * Workflow commands of GitHub Actions, shown beside the lines of a pull request. GitHub shows the first ten errors and the
 * first ten warnings of a step and says nothing of the rest, and cuts what is longer than 4,096 characters: so the last of
 * ten says how many more there are, and all are in the log.
 */
export const github: Format = {
  kind: "github",
  summary: "GitHub Actions: annotations, and everything in the log",
  render(linted) {
    const findings = open(linted);
    if (findings.length === 0) return "";
    const [errors, warnings] = (["error", "warning"] as const).map((one) => annotate(one, findings));
    return [...errors!, ...warnings!, ...logged(linted)].join("\n");
  },
};

const shown = 10;
const longest = 4_000;

function annotate(severity: Finding["severity"], all: readonly Finding[]): string[] {
  const findings = all.filter((finding) => finding.severity === severity);
  if (findings.length <= shown) return findings.map(annotation);
  const rest = findings.length - (shown - 1);
  const more = `::${severity} title=llmops::${rest} more ${severity}s: see the log of this step`;
  return [...findings.slice(0, shown - 1).map(annotation), more];
}

function annotation({ file, at, endColumn, severity, message, rule, next }: Finding): string {
  const places = { file, line: at.line, col: at.column, endColumn, title: rule };
  const properties = Object.entries(places).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(harmless(String(value)))}`],
  );
  const said = [message, ...(next === undefined ? [] : [next])].map((one) => cutTo(longest / 2, harmless(one)));
  return `::${severity} ${properties.join(",")}::${escapeData(said.join("\n"))}`;
}

function cutTo(most: number, said: string): string {
  return said.length <= most ? said : shorten(said, most);
}

/** What people read in the log. No line of it is taken for a command: only this text's own digest ends that. */
function logged(linted: Linted): string[] {
  const report = text.render(linted, bare);
  const token = `llmops-${createHash("sha256").update(report).digest("hex").slice(0, 32)}`;
  return ["::group::llmops: all findings", `::stop-commands::${token}`, report, `::${token}::`, "::endgroup::"];
}

function escapeData(said: string): string {
  return said.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(said: string): string {
  return escapeData(said).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
