import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";
import { idOf, writeIncident } from "./timelines.ts";

const runs = 3;

/** `incident list` over a store of 10,000 incidents with forty events each. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "llmops.yaml"), "");
    for (let n = 0; n < 10_000; n++) writeIncident(folder, idOf(n), 40);
    const times = [];
    for (let i = 0; i < runs; i++) times.push((await timeOf([llmops, "incident", "list"], { cwd: folder })) / 1000);
    return [{ name: "incident list over 10,000 incidents", ratio: median(times), aim: "≤ 2", unit: "s" }];
  });
}
