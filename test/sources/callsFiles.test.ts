import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Duckdb } from "../../src/sources/callsReading.ts";
import type { Query, Source } from "../../src/sources/source.ts";
import { callsStage, end, lines } from "./callsFake.ts";

const stage = callsStage();
afterEach(stage.clear);

const call = (before: number, more: object = {}) => ({ timestamp: end - before, route: "a", status: "error", ...more });
const count: Query = { sql: "count(*)", scope: {}, windowMs: 300_000 };
const whole = { scope: {}, from: end - 300_000, to: end, limit: 10 };
const asked = (on: Source) =>
  Promise.all([on.instant(count, end), on.range(count, end, end, 60_000), on.errors!(whole), on.consumers!(whole)]);

/** DuckDB, before whose nth reading of the files something happens to them. */
function meanwhile(happens: (reading: number) => void): () => Promise<Duckdb> {
  let readings = 0;
  return async () => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    return {
      DuckDBInstance: {
        async create(path, options) {
          const instance = await DuckDBInstance.create(path, options);
          return {
            async connect() {
              const connection = await instance.connect();
              return {
                run(text, bound) {
                  if (text.includes("read_json")) happens(++readings);
                  return connection.run(text, bound);
                },
                interrupt: () => connection.interrupt(),
              };
            },
            closeSync: () => instance.closeSync(),
          };
        },
      },
    };
  };
}

/** longer than DuckDB can hold */
const long = `{"timestamp":${end - 1},"prompt_snapshot":"${"x".repeat(40 << 20)}"}`;

describe("a line of 40 MB", () => {
  it("takes its file with it, said in a warning, and no other", async () => {
    const { source: on } = stage.open({ "a.jsonl": lines(call(1), call(2)), "b.jsonl": lines(call(3), long, call(4)) });
    const warnings = [expect.stringMatching(/b\.jsonl is left out: a line of it is longer than 16 MiB$/)];
    const [instant, range, errors, consumers] = await asked(on);
    expect(instant).toMatchObject({ data: [{ value: 2 }], warnings });
    expect(range).toMatchObject({ data: [{ points: [{ value: 2 }] }], warnings });
    expect(errors).toMatchObject({ data: [{}, {}], warnings });
    expect(consumers).toMatchObject({ data: [{ name: "a", calls: 2 }], warnings });
    expect(await on.check()).toMatchObject({ ok: true });
  });

  it("in the only file is the answer", async () => {
    const { source: on } = stage.open({ "b.jsonl": lines(long) });
    const error = expect.stringMatching(/b\.jsonl cannot be read: a line of it is longer than 16 MiB$/) as string;
    for (const answer of await asked(on)) expect(answer).toMatchObject({ error });
    expect(await on.check()).toMatchObject({ ok: false, say: error });
  });
});

describe("logs that are rotated while they are read", () => {
  it("a file that was renamed is read under its new name", async () => {
    let folder = "";
    const rotate = (reading: number) => {
      if (reading !== 1) return;
      renameSync(join(folder, "a.jsonl"), join(folder, "a.1.jsonl"));
      writeFileSync(join(folder, "a.jsonl"), lines(call(5)));
      rmSync(join(folder, "gone.jsonl"));
    };
    const given = { "a.jsonl": lines(call(1), call(2)), "gone.jsonl": lines(call(3)) };
    const staged = stage.open(given, {}, meanwhile(rotate));
    folder = staged.folder;
    expect(await staged.source.instant(count, end)).toMatchObject({ data: [{ value: 3 }], warnings: [] });
  });

  it("files that vanish again and again are given up", async () => {
    let folder = "";
    const vanish = (reading: number) => {
      rmSync(join(folder, `${reading}.jsonl`));
      writeFileSync(join(folder, `${reading + 1}.jsonl`), lines(call(1)));
    };
    const staged = stage.open({ "1.jsonl": lines(call(1)) }, {}, meanwhile(vanish));
    folder = staged.folder;
    const error = "the files went away while they were opened: ask again when their rotation is over";
    expect(await staged.source.errors!(whole)).toMatchObject({ error });
  });

  it("a file that is emptied or goes on being written is read as far as it is there", async () => {
    let folder = "";
    const empty = () => {
      truncateSync(join(folder, "a.jsonl"));
      appendFileSync(join(folder, "b.jsonl"), `${lines(call(4))}{"timestamp":`);
    };
    const given = { "a.jsonl": lines(call(1), call(2)), "b.jsonl": lines(call(3)) };
    const staged = stage.open(given, {}, meanwhile(empty));
    folder = staged.folder;
    expect(await staged.source.errors!(whole)).toMatchObject({
      data: [{ at: end - 3 }, { at: end - 4 }],
      warnings: [],
    });
  });
});

describe("what shares a source", () => {
  it("is read one after the other, so that together it takes the memory of one", async () => {
    let [open, most] = [0, 0];
    const { source: on } = stage.open({ "a.jsonl": lines(call(1)) }, {}, async () => {
      const { DuckDBInstance } = await import("@duckdb/node-api");
      return {
        DuckDBInstance: {
          async create(path: string, options: Record<string, string>) {
            most = Math.max(most, ++open);
            const instance = await DuckDBInstance.create(path, options);
            return {
              connect: () => instance.connect(),
              closeSync: () => (open--, instance.closeSync()),
            };
          },
        },
      };
    });
    for (const answer of await asked(on)) expect(answer).toMatchObject({ data: [{}] });
    expect([open, most]).toEqual([0, 1]);
  });
});
