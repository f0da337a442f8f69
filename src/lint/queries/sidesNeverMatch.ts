import type { RuleOn } from "../rule.ts";
import { neverMatch } from "./labels.ts";
import { scaled } from "./numbers.ts";
import { bare, isSetOperation, metricOf, partsOf, type BinaryPart, type Part, type SelectorPart } from "./parts.ts";

export const sidesNeverMatch: RuleOn<"promql"> = {
  on: "promql",
  name: "sides-never-match",
  summary: "both sides of an operator have series with the same labels",
  severity: "error",
  why: "Nothing is ever computed: the alert never fires, the figure is never there.",
  seen: "GrafanaRequestsFailing divided series with a status by themselves, so one failed request was 100 % (https://github.com/grafana/grafana/pull/43116); PostgresqlTooManyLocksAcquired of awesome-prometheus-alerts divides a sum without labels by settings of each instance.",
  bad: `
evidence:
  errors:
    promql: |
      sum by (model) (rate(calls_total{status="error"}[5m]))
        / sum by (model, route) (rate(calls_total[5m]))
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  good: `
evidence:
  errors:
    promql: |
      sum by (model) (rate(calls_total{status="error"}[5m]))
        / sum by (model) (rate(calls_total[5m]))
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  check(query, _, report) {
    for (const binary of partsOf(query)?.binaries ?? []) {
      if (binary.left.kind === "number" || binary.right.kind === "number") continue;
      const why = neverMatch(binary) ?? withItself(query.text, binary);
      if (why !== undefined)
        report(binary.opAt, why, "aggregate both sides by the same labels, or say on (…) which ones count");
    }
  },
};

/** Two selections of one metric: a series is matched with itself, or with none. */
function withItself(text: string, binary: BinaryPart): string | undefined {
  if (isSetOperation(binary)) return undefined;
  const [above, below] = [scaled(binary.left).part, scaled(binary.right).part];
  const [left, right] = [selectorOf(above), selectorOf(below)];
  const metric = left === undefined ? undefined : metricOf(left);
  if (left === undefined || right === undefined || metric === undefined || metric !== metricOf(right)) return undefined;
  const listed = (binary.on ?? binary.ignoring ?? []).map(({ label }) => label);
  const counts = ({ label }: { label: string }) => listed.includes(label) === (binary.on !== undefined);
  const [some, others] = [left.matchers.filter(counts), right.matchers.filter(counts)];
  for (const { label, op, value } of some) {
    const other = others.find((one) => one.label === label && one.op === "=");
    if (op === "=" && other !== undefined && other.value !== value && label !== "__name__")
      return `no series has ${label}="${value}" and ${label}="${other.value}": they never match`;
  }
  const narrower = some.some(
    (one) => !others.some(({ label, op, value }) => label === one.label && op === one.op && value === one.value),
  );
  if (binary.op !== "/" || !narrower || formula(text, above, left) !== formula(text, below, right)) return undefined;
  return `each series of ${metric} is divided by itself: all results are the same`;
}

/** The only selector of a part that has the labels of its series. */
function selectorOf(given: Part): SelectorPart | undefined {
  const part = bare(given);
  if (part.kind === "selector") return part;
  if (part.kind === "range") return selectorOf(part.of);
  if (part.kind !== "call" || !/^(rate|irate|increase|delta|\w+_over_time)$/.test(part.name)) return undefined;
  const last = part.args.at(-1);
  return last === undefined || part.name === "absent_over_time" ? undefined : selectorOf(last);
}

/** What is computed, whatever it is selected by. */
function formula(text: string, part: Part, { from, to, metric, matchers }: SelectorPart): string {
  const end = matchers.length === 0 ? to : text.indexOf("}", matchers.at(-1)!.to) + 1 || to;
  return `${text.slice(part.from, from)}${metric ?? ""}${text.slice(end, part.to)}`.replace(/[\s()]/g, "");
}
