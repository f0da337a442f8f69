import { bare, type AggregationPart, type BinaryPart, type CallPart, type Part } from "./part.ts";
import { unquote } from "./quote.ts";

/** Which labels the series of an answer can have: only these, or all but these. */
export type Labels = { only: ReadonlySet<string> } | { allBut: ReadonlySet<string> };

const none: Labels = { only: new Set() };
const keeping = new Set(["topk", "bottomk", "limitk", "limit_ratio"]);

/** Whether no series of the answer can have this label. */
export function lacks(labels: Labels, label: string): boolean {
  return "only" in labels ? !labels.only.has(label) : labels.allBut.has(label);
}

/**
 * What is known of an answer's labels before it is asked for. Source: resultMetric and the aggregations of promql/engine.go.
 */
export function possibleLabels(part: Part): Labels {
  switch (part.kind) {
    case "number":
    case "text":
      return none;
    case "selector": {
      const empty = part.matchers.filter(({ op, value }) => op === "=" && value === "");
      return { allBut: new Set(empty.map(({ label }) => label)) };
    }
    case "range":
    case "subquery":
    case "sign":
    case "brackets":
      return possibleLabels(part.of);
    case "call":
      return ofCall(part);
    case "aggregation":
      return ofAggregation(part);
    case "binary":
      return ofBinary(part);
  }
}

function ofCall({ name, args }: CallPart): Labels {
  const [first] = args;
  if (name === "vector" || name === "time" || name === "scalar" || first === undefined) return none;
  if (name === "absent" || name === "absent_over_time") return { only: new Set(equalIn(first)) };
  const [vector = first] = args.filter(({ type }) => type.endsWith("vector"));
  const inner = possibleLabels(vector);
  if (name === "histogram_quantile" || name === "histogram_fraction") return without(inner, ["le"]);
  if (name === "label_replace" || name === "label_join") return plus(inner, textsOf(args.slice(1, 2)));
  return inner;
}

/** absent() tells what it looked for: labels that are asked for by their exact value. */
function equalIn(part: Part): string[] {
  const inner = bare(part);
  if (inner.kind === "range") return equalIn(inner.of);
  if (inner.kind !== "selector") return [];
  return inner.matchers.flatMap(({ op, label }) => (op === "=" && label !== "__name__" ? [label] : []));
}

function ofAggregation({ name, args, by, without: dropped }: AggregationPart): Labels {
  const inner = args.length === 0 ? none : possibleLabels(args.at(-1)!);
  if (keeping.has(name)) return inner;
  const added = name === "count_values" ? textsOf(args.slice(0, 1)) : [];
  if (dropped !== undefined) return plus(without(inner, namesOf(dropped)), added);
  return plus({ only: new Set(namesOf(by ?? []).filter((label) => !lacks(inner, label))) }, added);
}

function ofBinary({ op, left, right, on, ignoring, group }: BinaryPart): Labels {
  if (op === "or") return either(possibleLabels(left), possibleLabels(right));
  if (op === "and" || op === "unless" || right.type === "scalar") return possibleLabels(left);
  if (left.type === "scalar") return possibleLabels(right);
  if (group !== undefined) {
    const many = possibleLabels(group.side === "left" ? left : right);
    return plus(many, namesOf(group.labels));
  }
  if (on !== undefined) return { only: new Set(namesOf(on).filter((label) => !lacks(possibleLabels(left), label))) };
  return without(possibleLabels(left), namesOf(ignoring ?? []));
}

function namesOf(grouped: readonly { label: string }[]): string[] {
  return grouped.map(({ label }) => label);
}

function textsOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (part.kind === "text" ? [unquote(part.literal)] : []));
}

function plus(labels: Labels, more: readonly string[]): Labels {
  return "only" in labels
    ? { only: new Set([...labels.only, ...more]) }
    : { allBut: new Set([...labels.allBut].filter((label) => !more.includes(label))) };
}

function without(labels: Labels, less: readonly string[]): Labels {
  return "only" in labels
    ? { only: new Set([...labels.only].filter((label) => !less.includes(label))) }
    : { allBut: new Set([...labels.allBut, ...less]) };
}

function either(a: Labels, b: Labels): Labels {
  if ("only" in a && "only" in b) return { only: new Set([...a.only, ...b.only]) };
  const open = [a, b].flatMap((one) => ("allBut" in one ? [one.allBut] : []));
  return { allBut: new Set([...open[0]!].filter((label) => lacks(a, label) && lacks(b, label))) };
}
