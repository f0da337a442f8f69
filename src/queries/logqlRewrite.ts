import { formatDuration, parseDuration } from "../duration.ts";
import { applyEdits, type Edit, type Matcher, type Refused } from "./edit.ts";
import { isName, type LogLabel } from "./logLabel.ts";
import { isParser, kindOf, offsetAt, parseLogql, pipelinesOf, type Pipeline } from "./logql.ts";
import { checkLogql } from "./logqlCheck.ts";
import { splitLogql } from "./logqlSplit.ts";
import { findNodes } from "./promql.ts";
import { quote } from "./quote.ts";

export interface LogqlRewriting {
  /** what every line must have */
  filters?: readonly (LogLabel & Matcher)[];
  by?: LogLabel;
  /** replaces every range window */
  windowMs?: number;
}

/** The expression, narrowed, split and with another window; or why that would give a wrong number. */
export function rewriteLogql(text: string, how: LogqlRewriting): { logql: string } | Refused {
  const mistake = checkLogql(text)[0];
  if (mistake !== undefined) return { refused: `the expression cannot be read: ${mistake.message}` };
  const tree = parseLogql(text);
  const edits: Edit[] = [];
  const unfit = [...(how.filters ?? []), ...(how.by === undefined ? [] : [how.by])].find(({ label }) => !isName(label));
  if (unfit !== undefined) return { refused: `${JSON.stringify(unfit.label)} cannot be the name of a label in LogQL` };
  for (const pipeline of pipelinesOf(tree)) {
    const narrowing = narrow(pipeline, how.filters ?? []);
    if ("refused" in narrowing) return narrowing;
    edits.push(...narrowing);
  }
  if (how.windowMs !== undefined)
    for (const { from, to } of windows(text)) edits.push({ from, to, insert: formatDuration(how.windowMs) });
  if (how.by !== undefined) {
    const splitting = splitLogql(text, tree, how.by);
    if ("refused" in splitting) return splitting;
    edits.push(...splitting);
  }
  return { logql: applyEdits(text, edits) };
}

/** The longest range window of an expression, ms; undefined when it has none: it gives log lines. */
export function windowOfLogql(text: string): number | undefined {
  const all = windows(text).flatMap(({ from, to }) => parseDuration(text.slice(from, to)) ?? []);
  return all.length === 0 ? undefined : Math.max(...all);
}

/** The expression as it was `ms` before the time at which it is evaluated. */
export function shiftLogql(text: string, ms: number): string {
  const edits = findNodes(parseLogql(text), "Range").map((range): Edit => {
    const own = offsetAt(text, range.to);
    const sum = own.ms + ms;
    const insert = ` offset ${sum < 0 ? "-" : ""}${formatDuration(Math.abs(sum))}`;
    return { from: range.to, to: own.to, insert };
  });
  return applyEdits(text, edits);
}

function windows(text: string): { from: number; to: number }[] {
  return findNodes(parseLogql(text), "Range").flatMap((range) => range.getChild("Duration") ?? []);
}

function narrow(pipeline: Pipeline, filters: readonly (LogLabel & Matcher)[]): Edit[] | Refused {
  const { selector, stages } = pipeline;
  const say = (at: LogLabel["at"]) =>
    filters.filter((f) => f.at === at).map(({ label, value }) => `${label}=${quote(value)}`);
  const [stream, metadata, field] = [say("stream"), say("metadata"), say("field")];
  const edits: Edit[] = [];
  const last = selector.getChild("Matchers")!;
  if (stream.length > 0) edits.push({ from: last.to, to: last.to, insert: `,${stream.join(",")}` });
  if (metadata.length > 0) edits.push(beforeParsers(pipeline, metadata));
  if (field.length === 0) return edits;
  const parser = stages.findLast(isParser);
  if (parser === undefined) {
    const { label } = filters.find((f) => f.at === "field")!;
    return { refused: `${label} is a field of the lines, and nothing reads it out of them: add | json or | logfmt` };
  }
  return [...edits, { from: parser.to, to: parser.to, insert: stage(field) }];
}

/** Behind the line filters, which are the cheapest, and before everything that could change a label. */
function beforeParsers({ selector, stages, unwrap }: Pipeline, words: string[]): Edit {
  const first = stages.findIndex((one) => kindOf(one) !== "LineFilters");
  const filter = first === -1 ? stages.at(-1) : stages[first - 1];
  if (filter !== undefined) return { from: filter.to, to: filter.to, insert: stage(words) };
  const next = stages[0] ?? unwrap;
  if (next !== null && next !== undefined) return { from: next.from, to: next.from, insert: `${stage(words).trim()} ` };
  return { from: selector.to, to: selector.to, insert: stage(words) };
}

function stage(words: string[]): string {
  return words.map((word) => ` | ${word}`).join("");
}
