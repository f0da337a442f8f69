import { mitigations } from "../../src/mitigations/index.ts";
import { targetKinds } from "../../src/targets/index.ts";
import { notOffered } from "./cells.ts";

/** The matrix as Markdown: a row for each mitigation, a column for each kind of target, and the reasons below. */
export function matrixTable(): string {
  const kinds = Object.keys(targetKinds);
  const reasonOf = (target: string, mitigation: string) => notOffered[target]?.[mitigation];
  const reasons: string[] = [];
  const cell = (target: string, mitigation: string) => {
    const reason = reasonOf(target, mitigation);
    if (reason === undefined) return "yes";
    const line = `${target}: ${reason}`;
    if (!reasons.includes(line)) reasons.push(line);
    return `no (${reasons.indexOf(line) + 1})`;
  };
  const rows = mitigations.map(({ kind }) => [`\`${kind}\``, ...kinds.map((target) => cell(target, kind))]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = [line(["", ...kinds]), line(["---", ...kinds.map(() => "---")])];
  return [...head, ...rows.map(line), "", ...reasons.map((reason, i) => `${i + 1}. ${reason}`), ""].join("\n");
}
