import type { RuleOn } from "../rule.ts";
import { isSet, labelsOf } from "./labels.ts";
import { comparedWith } from "./numbers.ts";
import { bare, isSetOperation, partsOf, type BinaryPart, type Part } from "./parts.ts";

export const zeroWithoutLabels: RuleOn<"promql"> = {
  on: "promql",
  name: "zero-without-labels",
  summary: "a fallback has the labels of what it stands for",
  severity: "warning",
  why: "The zero has no labels: parts without errors stay without figure, and one part more is always 0.",
  seen: "Named as the trap in https://last9.io/blog/promql-availability-query-returns-nothing/, whose services had no availability while they were healthy: 0 * keeps the labels, vector(0) has none.",
  bad: `
evidence:
  figure:
    promql: |
      (sum by (route) (rate(calls_failed_total[5m])) or vector(0))
        / sum by (route) (rate(calls_total[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  good: `
evidence:
  figure:
    promql: |
      (sum by (route) (rate(calls_failed_total[5m]))
        or 0 * sum by (route) (rate(calls_total[5m])))
        / sum by (route) (rate(calls_total[5m]))
steps:
  - { id: look, title: Look, instruct: Look at it. }
`,
  check(query, _, report) {
    if (!query.text.includes("vector")) return;
    for (const binary of partsOf(query)?.binaries ?? []) {
      if (isSetOperation(binary)) continue;
      const { left, right } = binary;
      for (const [side, other] of [[left, right] as const, [right, left] as const]) {
        const fallback = fallbackIn(side);
        if (fallback === undefined || !harms(binary, other)) continue;
        const { from, to } = fallback.zero;
        report({ from, to }, `vector() has no labels, ${fallback.what} has: it stands for none of its parts`, next);
      }
    }
  },
};

const next = "or 0 * what surely is there, with the same labels: or 0 * sum by (route) (rate(calls_total[5m]))";

/** `x or vector(0)` of a split */
function fallbackIn(side: Part): { zero: Part; what: string } | undefined {
  const part = bare(side);
  if (part.kind !== "binary" || part.op !== "or" || part.on !== undefined) return undefined;
  const zero = bare(part.right);
  const labels = labelsOf(part.left);
  if (zero.kind !== "call" || zero.name !== "vector" || !isSet(labels) || labels.size === 0) return undefined;
  return { zero, what: `by (${[...labels].join(", ")})` };
}

/** Whether the zero makes a difference: nothing matches it, or it alone is always below the limit. */
function harms(binary: BinaryPart, other: Part): boolean {
  const compared = comparedWith(binary);
  if (compared !== undefined)
    return compared.operator.startsWith("<") || (compared.operator === "==" && compared.number === 0);
  const labels = labelsOf(other);
  return binary.on === undefined && binary.ignoring === undefined && isSet(labels) && labels.size > 0;
}
