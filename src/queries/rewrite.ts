import { formatDuration, parseDuration } from "../duration.ts";
import { checkPromql } from "./check.ts";
import { applyEdits, type Edit, type Matcher, type Refused } from "./edit.ts";
import { findNodes, parsePromql, type SyntaxNode } from "./promql.ts";
import { quote, sayLabel } from "./quote.ts";
import { labelOf, matchersOf, selectorsOf } from "./selector.ts";
import { type LabelOf, split } from "./split.ts";

/** `metric` is undefined where a selector can be any metric. */
export interface Rewriting {
  /** matchers that narrow this metric to what is asked */
  filters?: (metric: string | undefined) => Matcher[] | Refused;
  /** the label by which this metric is split */
  by?: LabelOf;
  /** replaces every range window */
  windowMs?: number;
  /** added to every selector */
  match?: Readonly<Record<string, string>>;
}

/** The expression, narrowed, split and with another window; or why that would give a wrong number. */
export function rewrite(text: string, how: Rewriting): { promql: string } | Refused {
  const mistake = checkPromql(text)[0];
  if (mistake !== undefined) return { refused: `the expression cannot be read: ${mistake.message}` };
  const edits: Edit[] = [];
  const common = Object.entries(how.match ?? {}).map(([label, value]) => ({ label, value }));
  for (const { metric, node } of selectorsOf(text)) {
    const filters = how.filters?.(metric) ?? [];
    if ("refused" in filters) return filters;
    const matchers = [...common, ...filters].filter((m) => !matchersOf(node).some((old) => isSame(text, old, m)));
    if (matchers.length > 0) edits.push(narrow(node, matchers));
  }
  if (how.windowMs !== undefined) {
    const window = formatDuration(how.windowMs);
    for (const name of ["MatrixSelector", "SubqueryExpr"]) {
      for (const node of findNodes(parsePromql(text), name)) {
        const range = node.getChild("DurationExpr");
        if (range !== null) edits.push({ from: range.from, to: range.to, insert: window });
      }
    }
  }
  if (how.by !== undefined) {
    const splitting = split(text, how.by);
    if ("refused" in splitting) return splitting;
    edits.push(...splitting);
  }
  return { promql: applyEdits(text, edits) };
}

/** The longest range window of an expression, ms; undefined when it has none that is a plain duration. */
export function windowOf(text: string): number | undefined {
  const windows = ["MatrixSelector", "SubqueryExpr"].flatMap((name) =>
    findNodes(parsePromql(text), name).flatMap((node) => {
      const range = node.getChild("DurationExpr");
      return range === null ? [] : (parseDuration(text.slice(range.from, range.to)) ?? []);
    }),
  );
  return windows.length === 0 ? undefined : Math.max(...windows);
}

function narrow(selector: SyntaxNode, matchers: Matcher[]): Edit {
  const words = matchers.map(({ label, value }) => `${sayLabel(label)}=${quote(value)}`).join(",");
  const braces = selector.getChild("LabelMatchers");
  if (braces === null) return { from: selector.to, to: selector.to, insert: `{${words}}` };
  const last = matchersOf(selector).at(-1);
  const at = last?.to ?? braces.from + 1;
  return { from: at, to: at, insert: last === undefined ? words : `,${words}` };
}

function isSame(text: string, old: SyntaxNode, wanted: Matcher): boolean {
  const operator = old.getChild("MatchOp");
  const value = old.getChild("StringLiteral");
  if (operator === null || value === null || text.slice(operator.from, operator.to) !== "=") return false;
  return labelOf(text, old) === wanted.label && text.slice(value.from, value.to) === quote(wanted.value);
}
