import { formatDuration } from "../duration.ts";
import { rewriteLogsql, windowOfLogsql } from "../queries/logsql.ts";
import type { Tried } from "../world/httpRead.ts";
import { inShape, type PromAnswer } from "./answer.ts";
import { readExchange, type Api } from "./exchange.ts";
import { moved } from "./moved.ts";
import type { Answer, Sample, Series, Source } from "./source.ts";

export interface Figures {
  instant(logsql: string, at: number): Promise<Answer<Sample[]>>;
  range(logsql: string, ...times: RangeTimes): Promise<Answer<Series[]>>;
}
type RangeTimes = Parameters<Source["range"]> extends [unknown, ...infer Times] ? Times : never;

/** More windows than these are not asked for one by one. */
const mostWindows = 61;

/** Asks for what `| stats` counts and sums. */
export function openFigures(
  api: Api<PromAnswer>,
  post: (path: string, form: Record<string, string>) => Promise<Tried>,
): Figures {
  const { host } = api.base;
  /** false once the server was seen to begin its steps at multiples of the step only: an older one does not know `offset` */
  let steps = true;

  async function instant(logsql: string, at: number): Promise<Answer<Sample[]>> {
    const result = await post("/stats_query", { query: logsql, time: iso(at) });
    return { ...inShape(readExchange(result, api), "samples", host), ms: result.ms };
  }

  /** One window for each step, by one question; undefined where the server begins its steps elsewhere. */
  async function stepwise(
    logsql: string,
    from: number,
    to: number,
    step: number,
  ): Promise<Answer<Series[]> | undefined> {
    const whole = rewriteLogsql(logsql, { windowMs: to - from + step });
    if ("refused" in whole) return { error: whole.refused, ms: 0 };
    const result = await post("/stats_query_range", {
      query: whole.logsql,
      start: iso(from - step),
      end: iso(to),
      time: iso(to),
      step: formatDuration(step),
      offset: formatDuration(from % step),
    });
    const read = inShape(readExchange(result, api), "series", host);
    if ("error" in read) return { ...read, ms: result.ms };
    steps = read.data.every(({ points }) => points.every(({ at }) => (at - from) % step === 0));
    // a step is named after its beginning, a reading after its end
    return steps ? { ...read, data: moved(read.data, step, from, to), ms: result.ms } : undefined;
  }

  async function oneByOne(logsql: string, times: readonly number[]): Promise<Answer<Series[]>> {
    if (times.length > mostWindows)
      return { error: `${host} would have to be asked ${times.length} times: take a longer window`, ms: 0 };
    const answers = await Promise.all(times.map((at) => instant(logsql, at)));
    const ms = Math.max(...answers.map((answer) => answer.ms));
    const series = new Map<string, Series>();
    const warnings = new Set<string>();
    for (const [i, answer] of answers.entries()) {
      if ("error" in answer) return { error: answer.error, ms };
      for (const warning of answer.warnings) warnings.add(warning);
      for (const { labels, value } of answer.data) {
        const key = JSON.stringify(
          Object.keys(labels)
            .toSorted()
            .map((name) => [name, labels[name]]),
        );
        const one = series.get(key) ?? { labels, points: [] };
        one.points.push({ at: times[i]!, value });
        series.set(key, one);
      }
    }
    return { data: [...series.values()], warnings: [...warnings], ms };
  }

  return {
    instant,
    async range(logsql, from, to, resolution) {
      if (steps && windowOfLogsql(logsql) === resolution) {
        const answer = await stepwise(logsql, from, to, resolution);
        if (answer !== undefined) return answer;
      }
      const count = Math.floor((to - from) / resolution) + 1;
      return oneByOne(
        logsql,
        Array.from({ length: count }, (_, i) => from + i * resolution),
      );
    },
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
