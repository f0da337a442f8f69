import { shorten } from "../harmless.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import type { Connection } from "./connection.ts";
import { readExchange, type Api } from "./exchange.ts";
import { namedRows, numberIn, partsOf, timedRows, type Json } from "./httpAnswer.ts";
import { readTime, valueAt } from "./httpNumber.ts";
import type { HttpSignal } from "./httpSchema.ts";
import { dimensionsIn, fill, type Filling, type Template } from "./httpTemplate.ts";
import type { Answer, Query, Sample, Series } from "./source.ts";

const longest = 4 << 20;
/** More than these are not asked for a past that has to be asked for point by point. */
const mostPoints = 13;

/** A signal of the settings, and how it is asked for. */
export interface Ask {
  name: string;
  signal: HttpSignal;
  query: Extract<Query, { signal: string }>;
}

/** The ways in which a signal is read. */
export function openReadings(connection: Connection, api: Api<Json>) {
  const { host } = connection.base;

  /** One answer, as JSON. */
  async function get(template: Template, filling: Filling): Promise<Answer<unknown>> {
    const known = dimensionsIn(template);
    const other = dimensions.find((dimension) => filling.scope[dimension] !== undefined && !known.includes(dimension));
    const request =
      other === undefined
        ? fill(template, filling)
        : { error: `cannot be narrowed to ${other}: the request does not name {${other}}` };
    if ("error" in request) return { error: `${shorten(template.at, 80)} ${request.error}`, ms: 0 };
    const method = request.json === undefined ? "GET" : "POST";
    const result = await connection.ask({ method, ...request, maxBytes: longest });
    const read = readExchange(result, api);
    if ("error" in read) return { error: read.error, ms: result.ms };
    return { data: read.json, warnings: partsOf(read.json), ms: result.ms };
  }

  async function now({ signal, query }: Ask, at: number): Promise<Answer<number | null>> {
    const answer = await get(signal, fillingOf(query, at - query.windowMs, at));
    if ("error" in answer) return answer;
    const { ms, warnings } = answer;
    const read = numberIn(answer.data, signal.pointer);
    if ("error" in read) return { error: `${host} ${read.error}`, ms };
    if (signal.time !== undefined) {
      const measured = readTime(valueAt(answer.data, signal.time));
      if (measured === undefined) return { error: `${host} answered no time at ${shorten(signal.time, 60)}`, ms };
      if (measured <= at - query.windowMs)
        return {
          data: null,
          warnings: [...warnings, `its latest value is of ${new Date(measured).toISOString()}`],
          ms,
        };
    }
    return { data: read.value === null ? null : read.value * signal.scale, warnings, ms };
  }

  async function split({ name, signal, query }: Ask, by: Dimension, at: number): Promise<Answer<Sample[]>> {
    const table = signal.by[by];
    if (table === undefined)
      return { error: `${name} cannot be split by ${by}: say in by where ${host} tells it`, ms: 0 };
    const answer = await get(templateOf(table, signal), fillingOf(query, at - query.windowMs, at));
    if ("error" in answer) return answer;
    const read = namedRows(answer.data, { ...table, key: table.name });
    if ("error" in read) return { error: `${host} ${read.error}`, ms: answer.ms };
    const data = read.rows.map(({ key, value }) => ({ labels: { [by]: key }, value: value * signal.scale }));
    return { data, warnings: [...answer.warnings, ...read.warnings], ms: answer.ms };
  }

  async function past({ signal, query }: Ask, times: readonly number[], step: number): Promise<Answer<Series[]>> {
    const history = signal.history!;
    const [first, last] = [times[0]!, times.at(-1)!];
    const filling = { ...fillingOf(query, first - query.windowMs, last), step };
    const answer = await get(templateOf(history, signal), filling);
    if ("error" in answer) return answer;
    const read = timedRows(answer.data, { ...history, key: history.time });
    if ("error" in read) return { error: `${host} ${read.error}`, ms: answer.ms };
    // a reading is the latest value of its window
    const points = times.flatMap((at) => {
      const found = read.rows.findLast(({ key }) => key <= at && key > at - Math.max(step, query.windowMs));
      return found === undefined ? [] : [{ at, value: found.value * signal.scale }];
    });
    return { data: seriesOf(points), warnings: [...answer.warnings, ...read.warnings], ms: answer.ms };
  }

  /** One request for each of some of the times; the last is always one of them. */
  async function pointByPoint(ask: Ask, wanted: readonly number[]): Promise<Answer<Series[]>> {
    const every = Math.ceil(wanted.length / mostPoints);
    const times = wanted.filter((_, i) => (wanted.length - 1 - i) % every === 0);
    const answers = await Promise.all(times.map((at) => now(ask, at)));
    const ms = Math.max(...answers.map((answer) => answer.ms));
    const points: { at: number; value: number }[] = [];
    const warnings = new Set<string>();
    for (const [i, answer] of answers.entries()) {
      if ("error" in answer) return { error: answer.error, ms };
      for (const warning of answer.warnings) warnings.add(warning);
      if (answer.data !== null) points.push({ at: times[i]!, value: answer.data });
    }
    return { data: seriesOf(points), warnings: [...warnings], ms };
  }

  return { now, split, past, pointByPoint };
}

export function fillingOf({ scope }: Pick<Ask["query"], "scope">, from: number, to: number): Filling {
  return { scope, from, to, step: to - from };
}

function templateOf(own: { at?: string | undefined; body?: unknown }, { at, body }: HttpSignal): Template {
  return { at: own.at ?? at, body: own.body ?? body };
}

function seriesOf(points: Series["points"]): Series[] {
  return points.length === 0 ? [] : [{ labels: {}, points }];
}
