import { resolve } from "node:path";
import { shorten } from "../harmless.ts";
import { deadline } from "../world/deadline.ts";
import { atMost } from "../world/turns.ts";
import type { World } from "../world/world.ts";
import type { Database } from "./callsBurst.ts";
import { deadlineMs, explain, fileOfLongLine, isGone, memory, noDuckdb } from "./callsFailure.ts";
import { confine, type Bound, type Reading } from "./callsSql.ts";

/** DuckDB, as much of it as is used. */
export interface Duckdb {
  DuckDBInstance: {
    create(
      path: string,
      options: Record<string, string>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>;
  };
}
interface Connection {
  run(text: string, bound: Bound): Promise<{ getRowsJS(): Promise<unknown[][]> }>;
  interrupt(): void;
}

export interface Files {
  patterns: readonly string[];
  fields: Readonly<Record<string, string>>;
  folder: string;
}

/** A job on the files of this moment; resolves to what went wrong, in plain words. */
export type InDuckdb = (job: (db: Database, reading: Reading) => Promise<void>) => Promise<string | undefined>;

const mostTries = 4;

/**
 * Every job opens DuckDB anew, closed in on the files that are there then: they grow. One job at a time, or each would take
 * its memory. A job is begun anew when logs are rotated beneath it, and without a file that has a line beyond reading.
 */
export function openReading({ patterns, fields, folder }: Files, world: World, load: () => Promise<Duckdb>): InDuckdb {
  const inTurn = atMost(1);

  async function read(job: Parameters<InDuckdb>[0], leftOut: readonly string[]): Promise<string | undefined> {
    const found = [...new Set((await Promise.all(patterns.map((p) => world.files.glob(folder, p)))).flat())];
    if (found.length === 0)
      return `no file matches ${patterns.map((p) => shorten(resolve(folder, p), 120)).join(" or ")}`;
    const paths = found.filter((path) => !leftOut.includes(path));
    const warnings = leftOut.map((path) => `${shorten(path, 120)} is left out: a line of it is longer than 16 MiB`);
    if (paths.length === 0) return warnings[0]!.replace(" is left out:", " cannot be read:");
    const duckdb = await load().catch(() => undefined);
    if (duckdb === undefined) return noDuckdb;
    const instance = await duckdb.DuckDBInstance.create(":memory:", { threads: "2", memory_limit: memory });
    try {
      const db = connect(await instance.connect(), AbortSignal.any([deadline(deadlineMs), world.interrupted]));
      await db.run(confine(paths));
      await job(db, { paths, fields, warnings });
    } finally {
      instance.closeSync();
    }
    return undefined;
  }

  return (job) =>
    inTurn(async () => {
      const leftOut: string[] = [];
      for (let tries = 1; ; tries++) {
        try {
          return await read(job, leftOut);
        } catch (thrown) {
          if (world.interrupted.aborted) return "interrupted";
          const long = fileOfLongLine(thrown);
          if (long !== undefined && !leftOut.includes(long)) leftOut.push(long);
          else if (!isGone(thrown) || tries === mostTries) return explain(thrown);
        }
      }
    });
}

export function connect(connection: Connection, signal: AbortSignal): Database {
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
