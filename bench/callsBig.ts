import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeRecords } from "./calls.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder } from "./process.ts";

const runs = 3;
const gigabytes = 2;

/** Four figures of an hour out of 2 GB of call records, in processes of their own: against DuckDB directly, and their memory. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const file = join(folder, "calls.jsonl");
    writeRecords(file);
    const million = readFileSync(file);
    while (statSync(file).size < gigabytes * 1e9) appendFileSync(file, million);
    const [own, direct]: { ms: number; megabytes: number }[][] = [[], []];
    for (let i = 0; i < runs; i++) {
      own!.push(await once("ours", file));
      direct!.push(await once("duckdb", file));
    }
    const ms = (of: typeof own) => median(of!.map((one) => one.ms));
    return [
      { name: "calls over 2 GB, against DuckDB directly", ratio: ms(own) / ms(direct), aim: "≤ 1.3" },
      {
        // DuckDB may take 200 MB by itself (`memory` in src/sources/callsFailure.ts)
        name: "calls over 2 GB, memory beyond DuckDB's limit",
        ratio: Math.max(...own!.map((one) => one.megabytes)) - 200,
        aim: "≤ 300",
        unit: "MB",
      },
    ];
  });
}

async function once(how: string, file: string): Promise<{ ms: number; megabytes: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, "callsOnce.js"),
    how,
    file,
  ]);
  return JSON.parse(stdout) as { ms: number; megabytes: number };
}
