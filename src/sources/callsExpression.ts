import { didYouMean } from "../errors.ts";
import { harmless, shorten } from "../harmless.ts";
import type { Mistake } from "../queries/check.ts";
import { columns } from "./callsFields.ts";

/** An SQL aggregate expression over one call record that was found harmless. */
export interface Expression {
  /** with `window_s` made the parameter `$window_s` */
  sql: string;
  /** fields it reads, as in `callFields`, or "w" */
  reads: string[];
  window: boolean;
}

/** Why an expression cannot be used: a sentence about it, and for who wrote it what is meant. */
export interface Refused {
  error: string;
  mistake: Mistake;
}

/** The statement that DuckDB parses for us; never run. The line break ends a trailing `--` comment. */
export function probe(text: string): string {
  return `${before}${text}\n) FROM calls`;
}
const before = "SELECT (";

const aggregates = new Set(
  (
    "count count_star count_if sum fsum avg favg min max median mode quantile quantile_cont quantile_disc " +
    "approx_quantile approx_count_distinct stddev stddev_pop stddev_samp variance var_pop var_samp mad " +
    "arg_max arg_min max_by min_by any_value bool_and bool_or"
  ).split(" "),
);
const scalars = new Set(
  (
    "+ - * / // % ** ^ || ~~ !~~ ~~* !~~* nullif greatest least abs round ceil floor trunc sign sqrt ln log log2 log10 exp " +
    "pow power isnan isinf isfinite lower upper trim length contains starts_with ends_with prefix suffix " +
    "regexp_matches substr substring ifnull"
  ).split(" "),
);
const classes = new Set("FUNCTION COLUMN_REF CONSTANT COMPARISON CONJUNCTION BETWEEN CASE CAST OPERATOR".split(" "));
const operators =
  /^(OPERATOR_(IS_NULL|IS_NOT_NULL|NOT|COALESCE|NULLIF|TRY)|OPERATOR_CAST|COMPARE_\w+|CONJUNCTION_\w+|CASE_EXPR|VALUE_CONSTANT|COLUMN_REF|FUNCTION)$/;

interface Node {
  class?: string;
  type?: string;
  function_name?: string;
  schema?: string;
  catalog?: string;
  column_names?: string[];
  query_location?: number;
}

/**
 * Reads what DuckDB's own parser made of `probe(text)` (`parsed`) and of `probe("1")` (`plain`). Only a list of
 * node kinds, functions and columns is let through, so that a text from a runbook cannot read files or settings.
 */
export function readExpression(text: string, parsed: string, plain: string): Expression | Refused {
  const quoted = `"${shorten(text, 120)}"`;
  const tree = JSON.parse(parsed) as { error: boolean; error_message?: string; position?: string };
  if (tree.error) {
    const said = shorten(tree.error_message ?? "", 120);
    return { error: `${quoted} is no SQL expression: ${said}`, mistake: unreadable(text, said, Number(tree.position)) };
  }
  if (skeleton(parsed) !== skeleton(plain))
    return {
      error: `${quoted} is more than one SQL expression`,
      mistake: ofAll(text, "this is more than one expression"),
    };

  const nodes = [...walk(selected(tree))];
  for (const node of nodes) {
    const wrong = refuse(node);
    if (wrong !== undefined) return { error: `${quoted} cannot be used: ${wrong}`, mistake: at(text, node, wrong) };
  }
  const example = "write for example count(*) or avg(latency_ms)";
  if (!nodes.some((node) => aggregates.has(node.function_name ?? "")))
    return { error: `${quoted} is no aggregate: ${example}`, mistake: ofAll(text, `this is no aggregate: ${example}`) };

  const names = nodes.flatMap((node) => (node.column_names === undefined ? [] : [node.column_names.join(".")]));
  const windows = nodes.filter((node) => node.column_names?.join(".") === "window_s");
  return {
    sql: bindWindow(
      text,
      windows.map((node) => node.query_location! - before.length),
    ),
    reads: [...new Set(names)].filter((name) => name !== "window_s"),
    window: windows.length > 0,
  };
}

/** A mistake that is about the whole text. */
export function ofAll(text: string, message: string): Mistake {
  return { message, from: 0, to: text.trimEnd().length };
}

/** `position`: byte of the probe where the parser gave up; what it names behind the end is ours. */
function unreadable(text: string, said: string, position: number): Mistake {
  const from = offset(text, position);
  const end = text.trimEnd().length;
  if (!(from < end)) return { message: "the expression ends too early", from: end, to: end };
  return { message: said, from, to: from + /^(\w+|.)/su.exec(text.slice(from))![0].length };
}

function at(text: string, { query_location: position, function_name, column_names }: Node, message: string): Mistake {
  if (position === undefined) return ofAll(text, message);
  const from = offset(text, position);
  const name = text.slice(from).startsWith(function_name ?? " ") ? function_name : column_names?.join(".");
  return { message, from, to: from + Math.max(1, name?.length ?? 1) };
}

/** A byte of the probe as a character of the text. */
function offset(text: string, position: number): number {
  return Buffer.from(text)
    .subarray(0, Math.max(0, position - before.length))
    .toString().length;
}

function refuse(node: Node): string | undefined {
  if (node.class === "SUBQUERY") return "it holds a SELECT of its own";
  if (!classes.has(node.class!) || !operators.test(node.type ?? ""))
    return `${(node.type ?? node.class!).toLowerCase().replaceAll("_", " ")} is not allowed here`;
  if (node.function_name !== undefined) {
    const plain = (node.schema === "" || node.schema === "main") && !node.catalog;
    if (!plain || !(aggregates.has(node.function_name) || scalars.has(node.function_name)))
      return `the function ${harmless(node.function_name)} is not allowed here${didYouMean(node.function_name, [...aggregates, ...scalars])}`;
  }
  const name = node.column_names?.join(".");
  if (name !== undefined && !columns.includes(name))
    return `a call record has no field ${shorten(name, 60)}${didYouMean(name, columns)}`;
  return undefined;
}

/** Every expression node below `value`, itself included. */
function* walk(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value) && "class" in value) yield value as Node;
  for (const child of Object.values(value)) yield* walk(child);
}

function selected(tree: unknown): unknown {
  return (tree as { statements: { node: { select_list: unknown } }[] }).statements[0]?.node.select_list;
}

const uninteresting = new Set(["select_list", "query_location", "named_param_map"]);

/** The statement without what was selected and where. */
function skeleton(parsed: string): string {
  const tree = JSON.parse(parsed) as { statements?: { node: { select_list?: unknown[] } }[] };
  const many = tree.statements?.[0]?.node.select_list?.length;
  return `${many} ${JSON.stringify(tree, (key, value: unknown) => (uninteresting.has(key) ? 0 : value))}`;
}

/** `places`: byte offsets of the column in the text. */
function bindWindow(text: string, places: number[]): string {
  let bytes = Buffer.from(text);
  for (const place of places.toSorted((a, b) => b - a)) {
    const rest = bytes
      .subarray(place)
      .toString()
      .replace(/^"?window_s"?/, "$$window_s");
    bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(rest)]);
  }
  return bytes.toString();
}
