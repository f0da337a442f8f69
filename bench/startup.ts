import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";

const runs = 21;

/** Start-up as multiples of `node empty.js`: the arms take turns, so that a busy moment hits all of them. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const empty = join(folder, "empty.js");
    writeFileSync(empty, "");
    const arms = [[empty], [llmops, "--help"], [llmops, "--version"]];
    const times = arms.map((): number[] => []);
    for (let i = 0; i < runs; i++) for (const [arm, argv] of arms.entries()) times[arm]!.push(await timeOf(argv));
    const [bare, help, version] = times.map(median);
    return [
      { name: "--help, against an empty script", ratio: help! / bare!, aim: "≤ 1.7" },
      { name: "--version, against an empty script", ratio: version! / bare!, aim: "≤ 1.3" },
    ];
  });
}
