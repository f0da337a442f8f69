import { z } from "zod";
import { sayDuration } from "../duration.ts";
import { didYouMean } from "../errors.ts";
import type { World } from "../world/world.ts";
import type { Mistake } from "../queries/check.ts";
import { answerBurst, type Asked, type Database, type Known } from "./callsBurst.ts";
import { checkAggregates } from "./callsCheck.ts";
import { readConsumers } from "./callsConsumers.ts";
import { readErrors } from "./callsErrors.ts";
import { callFields, isCallField } from "./callsFields.ts";
import { pickCalls } from "./callsPick.ts";
import { openReading, type Duckdb } from "./callsReading.ts";
import { readRenamed } from "./callsRenamed.ts";
import * as sql from "./callsSql.ts";
import type { Answer, Query, Sample, Series, Source, SourceKind } from "./source.ts";

const settings = z.strictObject({
  /** paths, `*` and `**` allowed, relative to the project file; a name that ends in .gz is gzip */
  files: z.union([z.string(), z.array(z.string()).min(1)]),
  /** our field → theirs; a dot goes into a nested object */
  fields: z
    .record(z.string(), z.string().min(1))
    .default({})
    .superRefine((map, context) => {
      for (const name of Object.keys(map)) {
        if (name === "timestamp" || isCallField(name)) continue;
        const message = `a call record has no field ${name}${didYouMean(name, ["timestamp", ...Object.keys(callFields)])}`;
        context.addIssue({ code: "custom", path: [name], message });
      }
    }),
});
type Settings = z.output<typeof settings>;

export const calls: SourceKind<Settings> = {
  kind: "calls",
  language: "sql",
  summary: "Call records as JSON Lines, plain or gzip, read through DuckDB",
  schema: settings,
  example: 'files: "calls/*.jsonl"\nfields: { user_id: user.id, cost_usd: price }\n',
  open: (set, world, folder) => open(set, world, folder),
};

const mostSteps = 11_000;

const loadDuckdb = (): Promise<Duckdb> => import("@duckdb/node-api");

/** What is wrong with SQL aggregate expressions; undefined where there is no DuckDB. */
export const checkSql = (texts: Iterable<string>): Promise<Map<string, Mistake[]> | undefined> =>
  checkAggregates(texts, loadDuckdb);

interface Found<T> {
  data: T;
  warnings: string[];
}

/** `load` is another only in tests. */
export function open(set: Settings, world: World, folder: string, load: () => Promise<Duckdb> = loadDuckdb): Source {
  const inDuckdb = openReading({ patterns: [set.files].flat(), fields: set.fields, folder }, world, load);
  const known: Known = new Map();
  const asked: Asked[] = [];
  let working: Promise<void> | undefined;

  function ask(query: Query, grid: Omit<sql.Grid, "windowMs">): Promise<Answer<Series[]>> {
    const began = world.clock.monotonic();
    return new Promise((done) => {
      const answer: Asked["answer"] = (result) => {
        const ms = (world.clock.monotonic() - began) / world.clock.speed;
        done("error" in result ? { error: result.error, ms } : { data: result.series, warnings: result.warnings, ms });
      };
      if (!("sql" in query))
        return answer({ error: "call records are asked in SQL, not in PromQL: use a signal or sql" });
      if (grid.steps > mostSteps)
        return answer({ error: `more than ${mostSteps} steps: ask for a shorter time or wider steps` });
      const { windowMs, scope, by } = query;
      asked.push({
        text: query.sql,
        shape: { grid: { ...grid, windowMs }, scope, ...(by === undefined ? {} : { by }) },
        answer,
      });
      working ??= work();
    });
  }

  /** What is asked until the files are open is answered by one reading. */
  async function work(): Promise<void> {
    while (asked.length > 0) {
      let burst: Asked[] = [];
      const wrong = await inDuckdb(async (db, reading) => {
        burst = [...burst, ...asked.splice(0)];
        await answerBurst(db, reading, burst, known);
      });
      if (wrong !== undefined) for (const one of [...burst, ...asked.splice(0)]) one.answer({ error: wrong });
    }
    working = undefined;
  }

  /** A reading of its own. */
  async function once<T>(job: (db: Database, reading: sql.Reading) => Promise<Found<T>>): Promise<Answer<T>> {
    const began = world.clock.monotonic();
    let found: Found<T> | undefined;
    const wrong = await inDuckdb(async (db, reading) => {
      const { data, warnings } = await job(db, reading);
      found = { data, warnings: [...reading.warnings, ...warnings] };
    });
    const ms = (world.clock.monotonic() - began) / world.clock.speed;
    return wrong === undefined ? { ...found!, ms } : { error: wrong, ms };
  }

  return {
    kind: "calls",
    async instant(query, at) {
      const steps = { from: at, resolution: "windowMs" in query ? query.windowMs : 1, steps: 1 };
      const answer = await ask(query, steps);
      if ("error" in answer) return answer;
      return {
        ...answer,
        data: answer.data.map(({ labels, points }): Sample => ({ labels, value: points[0]!.value })),
      };
    },
    range: (query, from, to, resolution) =>
      ask(query, { from, resolution, steps: Math.floor((to - from) / resolution) + 1 }),
    calls: (of, range) => once((db, reading) => pickCalls(db, reading, of, range)),
    errors: (range) => once((db, reading) => readErrors(db, reading, range)),
    consumers: (range) => once((db, reading) => readConsumers(db, reading, range)),
    renamed: (from, to) => once((db, reading) => readRenamed(db, reading, from, to)),
    async check() {
      const began = world.clock.monotonic();
      let say = "";
      let ok = false;
      const wrong = await inDuckdb(async (db, reading) => {
        const [[lines, readable, newest]] = (await db.run(
          `SELECT count(*)::DOUBLE, count(t)::DOUBLE, max(t)::DOUBLE FROM (${sql.selectCalls(reading, [])})`,
        )) as [[number, number, number | null]];
        const files = `${reading.paths.length} ${reading.paths.length === 1 ? "file" : "files"}`;
        ok = lines === 0 || readable > 0;
        if (newest !== null) say = `${files}, newest record ${sayAge(world.clock.now() - newest)}`;
        else
          say =
            lines === 0
              ? `${files}, no record yet`
              : `${files}, and no line is a call record (JSON with a ${set.fields["timestamp"] ?? "timestamp"})`;
      });
      return {
        ok: wrong === undefined && ok,
        say: wrong ?? say,
        ms: (world.clock.monotonic() - began) / world.clock.speed,
      };
    },
    async close() {
      await working;
    },
  };
}

function sayAge(ms: number): string {
  return ms >= 0 ? `${sayDuration(ms)} old` : `${sayDuration(-ms)} in the future`;
}
