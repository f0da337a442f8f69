import type { Grouped } from "../../queries/part.ts";
import { innerOf, isChoice, isSetOperation, metricOf, type BinaryPart, type CallPart, type Part } from "./parts.ts";

/**
 * Which labels tell the series of a part apart: exactly these; those that its targets have ("scraped"); it has none because
 * it is no series ("number"); or nobody knows.
 */
export type Labels = ReadonlySet<string> | "scraped" | "number" | undefined;

const none: Labels = new Set();
const numbers = new Set(["scalar", "time", "pi"]);
const moments = new Set("day_of_month day_of_week day_of_year days_in_month hour minute month year".split(" "));
const strange = new Set(["label_replace", "label_join", "absent", "absent_over_time", "info"]);

/** Of operators: each of those around it asks again. */
const found = new WeakMap<BinaryPart, { labels: Labels }>();

export function labelsOf(part: Part): Labels {
  switch (part.kind) {
    case "number":
      return "number";
    case "text":
      return undefined;
    case "selector":
      return ofMetric(metricOf(part));
    case "range":
    case "subquery":
    case "sign":
    case "brackets":
      return labelsOf(part.of);
    case "aggregation": {
      const inner = innerOf(part);
      if (inner === undefined || part.name === "count_values") return undefined;
      if (isChoice(part)) return labelsOf(inner);
      return part.without === undefined ? named(part.by) : undefined;
    }
    case "call":
      return ofCall(part);
    case "binary":
      return ofBinary(part);
  }
}

/** A recording rule has whatever labels it left. */
function ofMetric(metric: string | undefined): Labels {
  if (metric === undefined || metric.replace(/^(vllm|sglang):/, "").includes(":")) return undefined;
  return "scraped";
}

function ofCall({ name, args }: CallPart): Labels {
  if (strange.has(name)) return undefined;
  if (numbers.has(name)) return "number";
  if (name === "vector" || (moments.has(name) && args.length === 0)) return none;
  const inner = args.find((one) => one.kind !== "text" && labelsOf(one) !== "number");
  const labels = inner === undefined ? undefined : labelsOf(inner);
  if (!name.startsWith("histogram_") || !isSet(labels)) return labels;
  return without(labels, ["le"]);
}

function ofBinary(binary: BinaryPart): Labels {
  let known = found.get(binary);
  if (known === undefined) found.set(binary, (known = { labels: combine(binary) }));
  return known.labels;
}

function combine(binary: BinaryPart): Labels {
  const [left, right] = [labelsOf(binary.left), labelsOf(binary.right)];
  if (binary.op === "or") return areEqual(left, right) ? left : undefined;
  if (isSetOperation(binary)) return left;
  if (right === "number") return left;
  if (left === "number") return right;
  if (binary.group !== undefined) return undefined;
  if (binary.on !== undefined) return named(binary.on);
  if (binary.ignoring !== undefined) return isSet(left) ? without(left, [...named(binary.ignoring)]) : undefined;
  return isSet(left) ? left : isSet(right) ? right : left === right ? left : undefined;
}

function named(labels: readonly Grouped[] = []): Set<string> {
  return new Set(labels.map(({ label }) => label));
}

function without(labels: ReadonlySet<string>, some: readonly string[]): Set<string> {
  return new Set([...labels].filter((label) => !some.includes(label)));
}

export function isSet(labels: Labels): labels is ReadonlySet<string> {
  return typeof labels === "object";
}

function areEqual(a: Labels, b: Labels): boolean {
  return isSet(a) && isSet(b) ? a.size === b.size && [...a].every((label) => b.has(label)) : a === b;
}

/** Why the series of two sides can never be the same, in words. */
export function neverMatch(binary: BinaryPart): string | undefined {
  const [left, right] = [labelsOf(binary.left), labelsOf(binary.right)];
  if (binary.op === "or" || left === "number" || right === "number") return undefined;
  if (binary.on !== undefined) {
    for (const { label } of binary.on) {
      const [before, after] = [has(left, label), has(right, label)];
      if (before === undefined || after === undefined || before === after) continue;
      return `on (${label}) never fits: the ${before ? "right" : "left"} side was aggregated without ${label}`;
    }
    return undefined;
  }
  const ignored = [...named(binary.ignoring)];
  if (isSet(left) && isSet(right)) {
    if (areEqual(without(left, ignored), without(right, ignored))) return undefined;
    return `${say("left", left)}, ${say("right", right)}: they never match`;
  }
  if (ignored.length > 0) return undefined;
  if (isSet(left) && left.size === 0 && right === "scraped")
    return "the left side has no labels, the right side those of its targets: they never match";
  if (isSet(right) && right.size === 0 && left === "scraped")
    return "the right side has no labels, the left side those of its targets: they never match";
  return undefined;
}

/** Undefined: nobody knows. What is scraped has a job and an instance. */
function has(labels: Labels, label: string): boolean | undefined {
  if (isSet(labels)) return labels.has(label);
  return labels === "scraped" && (label === "job" || label === "instance") ? true : undefined;
}

function say(side: string, labels: ReadonlySet<string>): string {
  return labels.size === 0 ? `the ${side} side has no labels` : `the ${side} side is by ${[...labels].join(", ")}`;
}
