import { resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { z } from "zod";
import { sayDuration } from "../duration.ts";
import { didYouMean } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { deadline } from "../world/deadline.ts";
import type { World } from "../world/world.ts";
import { answerBurst, type Asked, type Database, type Known } from "./callsBurst.ts";
import { deadlineMs, explain, memory, noDuckdb } from "./callsFailure.ts";
import { callFields, isCallField } from "./callsFields.ts";
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

type Duckdb = typeof import("@duckdb/node-api");

/** `load` is another only in tests. */
export function open(
  set: Settings,
  world: World,
  folder: string,
  load: () => Promise<Duckdb> = () => import("@duckdb/node-api"),
): Source {
  const patterns = [set.files].flat();
  const known: Known = new Map();
  const asked: Asked[] = [];
  let working: Promise<void> | undefined;

  function ask(query: Query, grid: Omit<sql.Grid, "windowMs">): Promise<Answer<Series[]>> {
    const began = world.clock.monotonic();
    return new Promise((done) => {
      const answer: Asked["answer"] = (result) => {
        const ms = world.clock.monotonic() - began;
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

  /** Files grow, so every burst reads them anew; what is asked until they are open is answered by one reading. */
  async function work(): Promise<void> {
    while (asked.length > 0) {
      let burst: Asked[] = [];
      const wrong = await inDuckdb(async (db, reading) => {
        burst = asked.splice(0);
        await answerBurst(db, reading, burst, known);
      });
      if (wrong !== undefined) for (const one of [...burst, ...asked.splice(0)]) one.answer({ error: wrong });
    }
    working = undefined;
  }

  /** Opens DuckDB closed in on the files of this moment; returns what went wrong, in plain words. */
  async function inDuckdb(job: (db: Database, reading: sql.Reading) => Promise<void>): Promise<string | undefined> {
    try {
      const paths = [...new Set((await Promise.all(patterns.map((p) => world.files.glob(folder, p)))).flat())];
      if (paths.length === 0)
        return `no file matches ${patterns.map((p) => shorten(resolve(folder, p), 120)).join(" or ")}`;
      const duckdb = await load().catch(() => undefined);
      if (duckdb === undefined) return noDuckdb;
      const instance = await duckdb.DuckDBInstance.create(":memory:", { threads: "2", memory_limit: memory });
      try {
        const db = connect(await instance.connect(), AbortSignal.any([deadline(deadlineMs), world.interrupted]));
        await db.run(sql.confine(paths));
        await job(db, { paths, fields: set.fields });
      } finally {
        instance.closeSync();
      }
      return undefined;
    } catch (thrown) {
      return world.interrupted.aborted ? "interrupted" : explain(thrown);
    }
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
      return { ok: wrong === undefined && ok, say: wrong ?? say, ms: world.clock.monotonic() - began };
    },
    async close() {
      await working;
    },
  };
}

function connect(connection: DuckDBConnection, signal: AbortSignal): Database {
  return {
    async run(text, bound = {}) {
      const stop = () => connection.interrupt();
      signal.throwIfAborted();
      signal.addEventListener("abort", stop, { once: true });
      try {
        const result = await connection.run(text, bound);
        return (await result.getRowsJS()) as (number | string | boolean | null)[][];
      } catch (thrown) {
        signal.throwIfAborted();
        throw thrown;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

function sayAge(ms: number): string {
  return ms >= 0 ? `${sayDuration(ms)} old` : `${sayDuration(-ms)} in the future`;
}
