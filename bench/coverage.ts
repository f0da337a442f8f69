import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runbook, tests } from "./coverageFiles.ts";
import { median, type Figure } from "./figure.ts";
import { inFolder, llmops, timeOf } from "./process.ts";

const runs = 7;

/** Notes the processor time of a process, in µs, when it ends. */
const work = (file: string) =>
  `process.on("exit", () => { const { user, system } = process.cpuUsage(); require("node:fs").writeFileSync(${JSON.stringify(file)}, String(user + system)); });`;

/** `runbook test --coverage` of a runbook of 60 steps whose tests reach all of it: the whole command, its start included. */
export function run(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const [tested, preload, worked] = ["many-causes.test.yaml", "preload.cjs", "worked"].map((it) => join(folder, it));
    writeFileSync(join(folder, "many-causes.yaml"), runbook);
    writeFileSync(tested!, tests);
    writeFileSync(preload!, work(worked!));
    // what the tests expect is what happens; every run after this one compares all of it
    await timeOf([llmops, "runbook", "test", tested!, "--update"], { cwd: folder });
    const coverage = ["--require", preload!, llmops, "runbook", "test", tested!, "--coverage", "--min", "100"];
    const [start, whole, busy]: number[][] = [[], [], []];
    for (let i = 0; i < runs; i++) {
      start!.push(await timeOf([llmops, "--version"]));
      whole!.push(await timeOf(coverage, { cwd: folder }));
      busy!.push(Number(readFileSync(worked!, "utf8")) / 1000);
    }
    const [version, all, own] = [start!, whole!, busy!].map((ms) => median(ms) / 1000);
    const name = `coverage of a 60-step runbook (--version takes ${version!.toFixed(2)} s)`;
    return [
      { name, ratio: all!, aim: "≤ 1", unit: "s" },
      { name: "  the same, processor time, whatever else the machine does", ratio: own!, aim: "≤ 1", unit: "s" },
    ];
  });
}
