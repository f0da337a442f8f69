import { shorten } from "../harmless.ts";
import { dimensions } from "../timeline/scope.ts";
import { seriesOf, type Row } from "./callsAnswer.ts";
import { ofAll, probe, readExpression, type Expression, type Refused } from "./callsExpression.ts";
import { detail, isAboutFiles, isDuckdb, memory, outOfMemory } from "./callsFailure.ts";
import { fieldOf } from "./callsFields.ts";
import * as sql from "./callsSql.ts";
import type { Series } from "./source.ts";

/** DuckDB, closed in on the files. */
export interface Database {
  run(text: string, bound?: sql.Bound): Promise<(number | string | boolean | null)[][]>;
}

export interface Asked {
  text: string;
  shape: sql.Shape;
  answer(result: { series: Series[]; warnings: string[] } | { error: string }): void;
}

/** Expression as written → what it is; the same in every burst. */
export type Known = Map<string, Understood | Refused>;

interface Understood {
  expression: Expression;
  /** the figure over no call at all */
  ofNothing: number | null;
}

type Ready = Asked & Understood;

/** Answers all of a burst from one reading of the files. */
export async function answerBurst(
  db: Database,
  reading: sql.Reading,
  burst: readonly Asked[],
  known: Known,
): Promise<void> {
  const ready: Ready[] = [];
  for (const one of burst) {
    const understood = known.get(one.text) ?? (await understand(db, one.text));
    known.set(one.text, understood);
    if ("error" in understood) one.answer(understood);
    else ready.push({ ...one, ...understood });
  }
  if (ready.length === 0) return;

  const shapes = new Map<string, Ready[]>();
  for (const one of ready) {
    const key = JSON.stringify(one.shape);
    shapes.set(key, [...(shapes.get(key) ?? []), one]);
  }
  const from = await read(db, reading, ready, shapes.size > 1);
  let unread: number | undefined;
  for (const alike of shapes.values()) {
    for (const { one, result } of await figures(db, alike, from)) {
      if ("error" in result) {
        one.answer(result);
        continue;
      }
      if (result.rows.some(([step]) => step === null))
        unread ??= Number((await db.run(sql.countUnread(reading)))[0]![0]);
      const series = seriesOf(result.rows, result.place, one.shape, one.ofNothing);
      one.answer({ series, warnings: [...reading.warnings, ...warnings(result.rows, unread ?? 0)] });
    }
  }
}

/** Parses an expression and proves it on no record at all; none is read. */
export async function understand(db: Database, text: string): Promise<Understood | Refused> {
  const [row] = await db.run("SELECT json_serialize_sql($text::VARCHAR), json_serialize_sql($plain::VARCHAR)", {
    text: probe(text),
    plain: probe("1"),
  });
  const expression = readExpression(text, String(row![0]), String(row![1]));
  if ("error" in expression) return expression;
  try {
    const rows = await db.run(sql.selectOverNothing(expression.sql), expression.window ? { window_s: 1 } : {});
    return { expression, ofNothing: rows[0]![0] as number | null };
  } catch (thrown) {
    if (!isDuckdb(thrown)) throw thrown;
    const why = `does not fit a call record: ${detail(thrown)}`;
    const [, name, types] = /argument types '(\w+)\((.*?)\)'/.exec(why) ?? [];
    const said = name === undefined ? `this ${why}` : `${name}() does not take ${types}, as a call record has it`;
    return { error: `"${shorten(text, 120)}" ${why}`, mistake: ofAll(text, said) };
  }
}

/**
 * Where the records come from. Questions of several shapes share one reading through a table; where that is too much
 * for the memory, each shape reads the files for itself.
 */
async function read(db: Database, reading: sql.Reading, ready: readonly Ready[], shared: boolean): Promise<string> {
  const reads = ready.flatMap(({ expression, shape }) => [
    ...expression.reads,
    ...dimensions.filter((d) => shape.scope[d] !== undefined || shape.by === d).map((d) => fieldOf[d]),
  ]);
  const each = sql.selectCalls(reading, reads);
  if (!shared) return each;
  const periods = sql.unionOf(ready.map((one) => one.shape.grid));
  try {
    await db.run(`CREATE TEMP TABLE kept AS ${sql.selectCalls(reading, reads, periods.sql)}`, periods.bound);
    return "SELECT * FROM kept";
  } catch (thrown) {
    if (!outOfMemory(thrown)) throw thrown;
    return each;
  }
}

interface Figures {
  one: Ready;
  result: { rows: Row[]; place: number } | { error: string };
}

/** All questions of one shape in one statement; when it fails, one by one, so that only the culprit has no answer. */
async function figures(db: Database, alike: readonly Ready[], from: string): Promise<Figures[]> {
  const texts = [...new Set(alike.map((one) => one.expression.sql))];
  const { text, shape } = alike[0]!;
  const statement = sql.selectFigures(shape, texts, from);
  const window: sql.Bound = alike.some((one) => one.expression.window) ? { window_s: shape.grid.windowMs / 1000 } : {};
  try {
    const rows = (await db.run(statement.sql, { ...statement.bound, ...window })) as Row[];
    return alike.map((one) => ({ one, result: { rows, place: texts.indexOf(one.expression.sql) } }));
  } catch (thrown) {
    if (!isDuckdb(thrown) || isAboutFiles(thrown)) throw thrown;
    if (alike.length === 1) {
      const why = outOfMemory(thrown)
        ? `needs more than ${memory} of memory: ask for a shorter time`
        : `failed: ${detail(thrown)}`;
      return [{ one: alike[0]!, result: { error: `"${shorten(text, 120)}" ${why}` } }];
    }
    const each: Figures[] = [];
    for (const one of alike) each.push(...(await figures(db, [one], from)));
    return each;
  }
}

function warnings(rows: readonly Row[], unread: number): string[] {
  return [
    ...(unread > 0 ? [`${unread} ${unread === 1 ? "line" : "lines"} could not be read`] : []),
    ...(rows.some(([, , , naive]) => naive === true) ? ["some records name no time zone: taken as UTC"] : []),
  ];
}
