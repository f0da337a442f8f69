import { didYouMean } from "../errors.ts";
import { shorten } from "../harmless.ts";
import type { Span } from "./mistake.ts";
import { type AggregationPart, bare, type CallPart, type Part, type ValueType } from "./part.ts";
import { aggregations, callable, type Signature, signatures } from "./signatures.ts";

export type Report = (place: Span, message: string) => void;

/** `rate(x[5m])`: is there such a function, and does it get what it takes. */
export function checkCall(text: string, call: CallPart, report: Report): void {
  const { name, nameAt, args } = call;
  const signature = signatures.get(name);
  if (signature === undefined) return report(nameAt, `there is no function ${name}${didYouMean(name, callable)}`);
  if (args.length < signature.least || args.length > signature.most)
    report(
      call,
      `${name}() takes ${sayCount(signature)}, here ${args.length === 1 ? "is" : "are"} ${args.length}: ${sayShape(name, signature)}`,
    );
  else if (isTurned(args, signature.types))
    report(call, `${name}() takes them the other way round: ${sayShape(name, signature)}`);
  else expectTypes(text, call, signature, report);
  const labels = name === "info" ? args[1] : undefined;
  if (labels?.type === "instant vector" && !(labels.kind === "selector" && labels.metric === undefined))
    report(labels, 'info() takes matchers without a metric here: {label="value"}');
}

/** `sum by (x) (…)`, `topk(5, …)` */
export function checkAggregation(text: string, { name, args, ...part }: AggregationPart, report: Report): void {
  const param = aggregations.get(name);
  const count = param === undefined ? 1 : 2;
  const shape = `${name}(${param === undefined ? "" : `${short[param]}, `}vector)`;
  if (args.length !== count)
    return report(
      part,
      `${name}() takes ${sayNumber(count)}, here ${args.length === 1 ? "is" : "are"} ${args.length}: ${shape}`,
    );
  if (isTurned(args, [param, "instant vector"]))
    return report(part, `${name}() takes them the other way round: ${shape}`);
  if (param !== undefined) expectType(text, args[0]!, param, `the first argument of ${name}()`, report);
  expectType(text, args.at(-1)!, "instant vector", `${name}()`, report);
}

function expectTypes(text: string, { name, args }: CallPart, { types, most }: Signature, report: Report): void {
  for (const [i, arg] of args.entries()) {
    const wanted = types[Math.min(i, types.length - 1)];
    if (i >= most || wanted === undefined) break;
    expectType(text, arg, wanted, `${name}()`, report);
  }
}

function isTurned(args: readonly Part[], types: readonly (ValueType | undefined)[]): boolean {
  const [first, second] = args;
  if (args.length !== 2 || first!.type === second!.type) return false;
  return first!.type === types[1] && second!.type === types[0];
}

function expectType(text: string, part: Part, wanted: ValueType, where: string, report: Report): void {
  if (part.type === wanted) return;
  report(part, `${where} needs ${say[wanted]}, this is ${say[part.type]}${remedy(text, part, wanted)}`);
}

export const say: Record<ValueType, string> = {
  scalar: "a number",
  string: "a text",
  "instant vector": "an instant vector",
  "range vector": "a range of samples",
};

/** What would make the wanted of it. */
function remedy(text: string, part: Part, wanted: ValueType): string {
  const written = text.slice(part.from, part.to);
  const said = written.length > 60 ? "…" : shorten(written, 60);
  if (wanted === "range vector" && part.type === "instant vector") {
    const inner = bare(part);
    if (inner.kind === "selector" && (inner.offset !== undefined || inner.at !== undefined))
      return ": put the window behind the metric, x[5m] offset 1h";
    if (part.kind === "selector") return `: write ${said}[5m]`;
    if (inner.kind === "aggregation")
      return `: ${inner.name}() comes after it, ${inner.name}(rate(x[5m])); else make a subquery, (…)[1h:]`;
    return `: make a subquery of it, ${said}[1h:]`;
  }
  if (wanted === "range vector") return ": write a metric with a window, x[5m]";
  if (part.type === "range vector") return `: put a function like rate() or max_over_time() around it`;
  if (wanted === "instant vector" && part.type === "scalar") return `: write vector(${said})`;
  if (wanted === "scalar" && part.type === "instant vector") return `: write scalar(${said})`;
  if (wanted === "string") return ': write it in quotes, "…"';
  return wanted === "scalar" ? ": write it without quotes" : ": write a metric or an expression";
}

function sayCount({ least, most }: Signature): string {
  if (least === most) return sayNumber(least);
  return most === Infinity ? `${sayNumber(least)} or more` : `${least} to ${sayNumber(most)}`;
}

function sayNumber(count: number): string {
  return count === 0 ? "no argument" : count === 1 ? "1 argument" : `${count} arguments`;
}

function sayShape(name: string, { types, least, most }: Signature): string {
  const words = types.map((type, i) => (i < least ? short[type] : `${short[type]}?`));
  return `${name}(${words.join(", ")}${most > types.length ? ", …" : ""})`;
}

const short: Record<ValueType, string> = {
  scalar: "number",
  string: '"text"',
  "instant vector": "vector",
  "range vector": "vector[5m]",
};
