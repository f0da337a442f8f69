import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";
import { idOf, writeIncident } from "./timelines.ts";

const runs = 3;

/** Notes the peak of a process's memory, in kilobytes, when it ends. */
const peak = (file: string) =>
  `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`;

/** One incident of 100,000 events: seconds beyond what the same command takes for one of ten, and the memory it needs. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "llmops.yaml"), "");
    const [small, big] = [idOf(0), idOf(1)];
    writeIncident(folder, small, 10);
    writeIncident(folder, big, 100_000);
    const [preload, memory] = [join(folder, "preload.cjs"), join(folder, "memory")];
    writeFileSync(preload, peak(memory));
    const figures: Figure[] = [];
    for (const [name, argv] of [
      ["incident show", (id: string) => ["incident", "show", id]],
      ["incident check", (id: string) => ["incident", "check", id]],
      ["postmortem", (id: string) => ["postmortem", id, "-o", join(folder, `${id}-${figures.length}.md`)]],
    ] as const) {
      const seconds = async (id: string) => {
        const times = [];
        for (let i = 0; i < runs; i++) {
          const command = argv(id).map((word) => word.replace(/\.md$/, `-${i}.md`));
          times.push((await timeOf(["--require", preload, llmops, ...command], { cwd: folder })) / 1000);
        }
        return median(times);
      };
      const [few, many] = [await seconds(small), await seconds(big)];
      figures.push({ name: `${name} of 100,000 events, beyond one of ten`, ratio: many - few, aim: "≤ 1", unit: "s" });
      const megabytes = Number(readFileSync(memory, "utf8")) / 1024;
      figures.push({ name: `${name} of 100,000 events, memory`, ratio: megabytes, aim: "≤ 300", unit: "MB" });
    }
    return figures;
  });
}
