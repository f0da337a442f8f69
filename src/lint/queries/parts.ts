import { readPromql } from "../../queries/check.ts";
import {
  bare,
  everyPart,
  type AggregationPart,
  type BinaryPart,
  type CallPart,
  type Part,
  type SelectorPart,
} from "../../queries/part.ts";
import type { Expression } from "../expression.ts";
import { ofLast } from "../ofLast.ts";

export { bare };
export type { AggregationPart, BinaryPart, CallPart, Part, SelectorPart };

/** A query taken apart, once for all rules. */
export interface Parts {
  whole: Part;
  calls: readonly CallPart[];
  aggregations: readonly AggregationPart[];
  binaries: readonly BinaryPart[];
  selectors: readonly SelectorPart[];
  /** the calls of rate(), increase() and irate() of a plain range, with what they are of */
  rates: readonly (Rated & { call: CallPart })[];
}

/** Undefined: it cannot be read, or no person wrote it; rules about what a query means have nothing to say of it then. */
export const partsOf: (query: Expression) => Parts | undefined = ofLast(takeApart);

function takeApart({ text }: Expression): Parts | undefined {
  const whole = text.length > 5000 ? undefined : readPromql(text).part;
  if (whole === undefined) return undefined;
  const calls: CallPart[] = [];
  const aggregations: AggregationPart[] = [];
  const binaries: BinaryPart[] = [];
  const selectors: SelectorPart[] = [];
  const rates: (Rated & { call: CallPart })[] = [];
  for (const part of everyPart(whole)) {
    if (part.kind === "aggregation") aggregations.push(part);
    else if (part.kind === "binary") binaries.push(part);
    else if (part.kind === "selector") selectors.push(part);
    else if (part.kind === "call") {
      calls.push(part);
      const rated = ratedIn(part);
      if (rated !== undefined) rates.push({ ...rated, call: part });
    }
  }
  return { whole, calls, aggregations, binaries, selectors, rates };
}

/** `rate(x[5m])` and its like: how fast what is counted grows. */
interface Rated {
  /** "rate", "irate" or "increase" */
  name: string;
  selector: SelectorPart;
  metric: string | undefined;
  windowMs: number | undefined;
}

export function ratedIn(part: Part): Rated | undefined {
  const call = bare(part);
  if (call.kind !== "call" || !/^(rate|irate|increase)$/.test(call.name)) return undefined;
  const range = call.args[0] === undefined ? undefined : bare(call.args[0]);
  const selector = range?.kind === "range" ? bare(range.of) : undefined;
  if (range?.kind !== "range" || selector?.kind !== "selector") return undefined;
  return { name: call.name, selector, metric: metricOf(selector), windowMs: range.window.ms };
}

const comparisons = new Set(["==", "!=", "<", "<=", ">", ">="]);

export function isComparison({ op }: BinaryPart): boolean {
  return comparisons.has(op);
}

/** and, or, unless */
export function isSetOperation({ op }: BinaryPart): boolean {
  return op === "and" || op === "or" || op === "unless";
}

/** What an aggregation is of. */
export function innerOf({ args }: AggregationPart): Part | undefined {
  return args.at(-1);
}

/** These give series of their input, with all their labels. */
export function isChoice({ name }: AggregationPart): boolean {
  return name === "topk" || name === "bottomk" || name.startsWith("limit");
}

/** The metric that a selector surely is. */
export function metricOf({ metric, matchers }: SelectorPart): string | undefined {
  return metric ?? matchers.find(({ label, op }) => label === "__name__" && op === "=")?.value;
}

/** Where its name stands. */
export function nameIn({ metric, from, to }: SelectorPart): { from: number; to: number } {
  return { from, to: metric === undefined ? to : from + metric.length };
}

/** What of a list stands inside a part. */
export function inside<T extends { from: number; to: number }>(part: Part, list: readonly T[]): T[] {
  return list.filter(({ from, to }) => from >= part.from && to <= part.to);
}
