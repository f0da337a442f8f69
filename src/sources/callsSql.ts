import { dimensions } from "../timeline/scope.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { callFields, fieldOf, isCallField } from "./callsFields.ts";
import type { CallField } from "./callsFields.ts";

/** Values to bind, by name. */
export type Bound = Record<string, number | string>;

/** Steps t_i = from + i × resolution, i < steps; step i is about (t_i − windowMs, t_i]. All ms. */
export interface Grid {
  from: number;
  resolution: number;
  steps: number;
  windowMs: number;
}

/** Questions of one shape are answered by one statement. */
export interface Shape {
  grid: Grid;
  scope: Scope;
  by?: Dimension;
}

/** What closes DuckDB in on these files: nothing else is read, nothing is written, nothing can be set afterwards. */
export function confine(paths: readonly string[]): string {
  return [
    "SET temp_directory = ''",
    "SET TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    `SET allowed_paths = [${paths.map(text).join(", ")}]`,
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ].join("; ");
}

/** One read of the files. `fields`: our field → theirs, dotted; what is left out has the same name. */
export interface Reading {
  paths: readonly string[];
  fields: Readonly<Record<string, string>>;
  /** what had to be left out of it */
  warnings: readonly string[];
}

/**
 * SELECT of `t` (ms since 1970; NULL where the line could not be read), `naive` (its time names no zone) and the
 * fields `reads`. With `periods` only records inside one of them (and all unreadable lines).
 */
export function selectCalls(reading: Reading, reads: Iterable<string>, periods?: string): string {
  const wanted = new Set(reads);
  if (wanted.delete("w")) wanted.add("sample_rate");
  const fields = [...wanted].filter(isCallField);
  const output = topLevel(fields).map(([name, leaves]) => `${column(reading, name, leaves)} AS ${identifier(name)}`);
  const weight = "coalesce(1 / nullif(sample_rate, 0), 1) AS w";
  const typedCalls = `SELECT ${[`${time(reading)} AS t`, `${naive(reading)} AS naive`, ...output].join(", ")} FROM ${file(reading, fields)}`;
  return (
    `SELECT *${fields.includes("sample_rate") ? `, ${weight}` : ""} FROM (${typedCalls})` +
    (periods === undefined ? "" : ` WHERE t IS NULL OR ${periods}`)
  );
}

/** "lines that could not be read", without a last line of a file: that one is still being written. */
export function countUnread(reading: Reading): string {
  return `SELECT sum(unread - torn)::DOUBLE FROM (
    SELECT count_if(t IS NULL) AS unread, arg_max((t IS NULL)::INTEGER, line) AS torn FROM (
      SELECT ${time(reading)} AS t, filename, row_number() OVER () AS line FROM ${file(reading, [], true)}
    ) GROUP BY filename)`;
}

/** The union of the shapes' windows, as a condition on `t`. */
export function unionOf(grids: readonly Grid[]): { sql: string; bound: Bound } {
  const spans = grids
    .map((g) => [g.from - g.windowMs, g.from + (g.steps - 1) * g.resolution] as [number, number])
    .toSorted((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  const bound: Bound = {};
  const sql = merged.map(([start, end], i) => {
    bound[`after${i}`] = start;
    bound[`until${i}`] = end;
    return `(t > $after${i}::BIGINT AND t <= $until${i}::BIGINT)`;
  });
  return { sql: sql.join(" OR "), bound };
}

/**
 * Rows (step, inside, name, naive, one figure for each of `figures`) from `calls`, a SELECT as made by `selectCalls`.
 * `step` is NULL for unreadable lines. A row that is not `inside` only says that there were calls outside the scope.
 */
export function selectFigures(shape: Shape, figures: readonly string[], calls: string): { sql: string; bound: Bound } {
  const { grid, scope, by } = shape;
  const inside = insideOf(scope);
  const bound: Bound = {
    ...inside.bound,
    from: grid.from,
    resolution: grid.resolution,
    steps: grid.steps,
    window_ms: grid.windowMs,
    overlap: Math.ceil(grid.windowMs / grid.resolution),
  };
  const sql = `
    WITH calls AS NOT MATERIALIZED (${calls}),
    placed AS (SELECT *, (k + CASE WHEN t <= $from::BIGINT THEN 0
        ELSE (t - $from::BIGINT + $resolution::BIGINT - 1) // $resolution::BIGINT END)::INTEGER AS step
      FROM calls, range($overlap::BIGINT) AS overlap(k)
      WHERE (t IS NULL AND k = 0) OR step <= least($steps::BIGINT - 1,
        (t - $from::BIGINT + $window_ms::BIGINT + $resolution::BIGINT - 1) // $resolution::BIGINT - 1)),
    marked AS (SELECT *, ${inside.sql} AS inside FROM placed),
    named AS (SELECT *, ${by === undefined ? "''" : `CASE WHEN inside THEN coalesce(${fieldOf[by]}, '') ELSE '' END`} AS name FROM marked)
    SELECT step, inside, name, bool_or(naive) AS naive${figures.map((figure) => `, (${figure}\n)::DOUBLE`).join("")}
    FROM named GROUP BY step, inside, name`;
  return { sql, bound };
}

/** Whether a call is of this scope, as a condition on its fields. */
export function insideOf(scope: Scope): { sql: string; bound: Bound } {
  const asked = dimensions.flatMap((dimension) => {
    const value = scope[dimension];
    return value === undefined ? [] : [{ dimension, value }];
  });
  return {
    sql:
      asked.map(({ dimension }) => `coalesce(${fieldOf[dimension]} = $scope_${dimension}, false)`).join(" AND ") ||
      "true",
    bound: Object.fromEntries(asked.map(({ dimension, value }) => [`scope_${dimension}`, value])),
  };
}

/** What the figure is over no call at all; also proves that its types fit. */
export function selectOverNothing(figure: string): string {
  const output = topLevel(Object.keys(callFields) as CallField[]).map(([name, leaves]) => {
    const type =
      leaves[0] === name
        ? callFields[leaves[0]]
        : typed(Object.fromEntries(leaves.map((leaf) => [inner(leaf), callFields[leaf]])));
    return `NULL::${type} AS ${identifier(name)}`;
  });
  return `SELECT (${figure}\n)::DOUBLE FROM (SELECT ${output.join(", ")}, 1.0::DOUBLE AS w WHERE false)`;
}

/** Our fields by the name of their column: a nested object is one column. */
function topLevel(fields: readonly CallField[]): [string, CallField[]][] {
  const groups = new Map<string, CallField[]>();
  for (const field of fields) {
    const name = field.split(".")[0]!;
    groups.set(name, [...(groups.get(name) ?? []), field]);
  }
  return [...groups];
}

/** "token_usage.prompt" → "prompt" */
function inner(leaf: CallField): string {
  return leaf.split(".")[1]!;
}

function column(reading: Reading, name: string, leaves: CallField[]): string {
  const one = (leaf: CallField) => `try_cast(${path(theirs(reading, leaf))} AS ${callFields[leaf]})`;
  if (leaves[0] === name) return one(leaves[0]);
  return `struct_pack(${leaves.map((leaf) => `${identifier(inner(leaf))} := ${one(leaf)}`).join(", ")})`;
}

/** RFC 3339 (without a zone: UTC), or seconds, milli-, micro- or nanoseconds since 1970: told apart by their size. */
function time(reading: Reading): string {
  const raw = path(theirs(reading, "timestamp"));
  const number = `try_cast(${raw} AS DOUBLE)`;
  const usual = `try_cast(${raw} AS TIMESTAMPTZ)`;
  const other = `coalesce(epoch_ms(try_cast(upper(${raw}) AS TIMESTAMPTZ)), (${number} * CASE WHEN ${number} < 1e11 THEN 1e3 WHEN ${number} < 1e14 THEN 1 WHEN ${number} < 1e17 THEN 1e-3 ELSE 1e-6 END)::BIGINT)`;
  // In one coalesce with the usual spelling DuckDB would try to read every time as a number too: 10 % of all the work.
  return `CASE WHEN ${usual} IS NOT NULL THEN epoch_ms(${usual}) ELSE ${other} END`;
}

function naive(reading: Reading): string {
  const raw = path(theirs(reading, "timestamp"));
  return `CASE WHEN suffix(${raw}, 'Z') THEN false ELSE regexp_matches(${raw}, '^\\d{4}-\\d\\d-\\d\\d([Tt ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?)?$') END`;
}

/** Every column is named with its type, so that nothing is guessed from the first lines. */
function file(reading: Reading, fields: readonly CallField[], names = false): string {
  const tree: Tree = {};
  for (const field of ["timestamp", ...fields]) {
    const parts = theirs(reading, field).split(".");
    let node = tree;
    for (const part of parts.slice(0, -1)) {
      const below = node[part];
      node = node[part] = typeof below === "object" ? below : {};
    }
    node[parts.at(-1)!] ??= isCallField(field) ? callFields[field] : "VARCHAR";
  }
  const types = Object.entries(tree).map(([key, type]) => `${text(key)}: ${text(typed(type))}`);
  const paths = reading.paths.map(text).join(", ");
  return `read_json([${paths}], format = 'newline_delimited', records = 'true', ignore_errors = true, filename = ${names}, columns = {${types.join(", ")}}) AS record`;
}

interface Tree {
  [key: string]: string | Tree;
}

function typed(type: string | Tree): string {
  if (typeof type === "string") return type;
  return `STRUCT(${Object.entries(type)
    .map(([key, below]) => `${identifier(key)} ${typed(below)}`)
    .join(", ")})`;
}

function theirs(reading: Reading, field: string): string {
  return reading.fields[field] ?? field;
}

function path(dotted: string): string {
  return ["record", ...dotted.split(".").map(identifier)].join(".");
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
