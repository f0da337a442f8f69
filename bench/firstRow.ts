import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";
import { servePrometheus } from "./prometheus.ts";

const runs = 15;

/** The row of the shipped runbook's first evidence; the table is printed when all of it is in. */
const firstRow = /^ {2}burn .*\$/m;

/** From the command line to the first evidence, with a source that answers at once, as a multiple of `node empty.js`. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const source = await servePrometheus(0);
    try {
      const empty = join(folder, "empty.js");
      writeFileSync(empty, "");
      writeFileSync(
        join(folder, "llmops.yaml"),
        `stack: seed\nsources: { metrics: { prometheus: { url: "${source.url}" } } }\n`,
      );
      writeFileSync(join(folder, "answers.yaml"), "{ cause: nothing, false-alarm: done }\n");
      const start = [llmops, "incident", "start", "cost-spike", "--answers", "answers.yaml"];
      const [bare, row]: number[][] = [[], []];
      for (let i = 0; i < runs; i++) {
        bare!.push(await timeOf([empty]));
        row!.push(await timeOf(start, { cwd: folder, until: firstRow }));
        rmSync(join(folder, ".llmops"), { recursive: true });
      }
      return [
        {
          name: "first evidence row of incident start, against an empty script",
          ratio: median(row!) / median(bare!),
          aim: "≤ 6",
        },
      ];
    } finally {
      await source.close();
    }
  });
}
