import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { tortures } from "./tortures.ts";

/** `npm run torture -- [--seed N] [--whole] [--only NAME [--point POINT]]`: a round, another for every seed; `--whole`: every point. */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    only: { type: "string" },
    point: { type: "string" },
    whole: { type: "boolean" },
  },
});
const extent = values.whole === true ? "all" : "round";
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
console.log(`seed ${seed}`);

let [points, violations] = [0, 0];
for (const torture of tortures) {
  if (values.only !== undefined && values.only !== torture.name) continue;
  const missing = torture.needs.filter((program) => spawnSync(program, ["--version"]).error !== undefined);
  if (missing.length > 0) {
    console.log(`${torture.name}: not run, ${missing.join(" and ")} is not installed`);
    if (process.env["CI"]) process.exitCode = 1;
    continue;
  }
  const began = performance.now();
  const progress = (text: string) => console.error(`  ${text}`);
  const point = values.point === undefined ? {} : { point: values.point };
  const report = await torture.run({ seed, extent, progress, ...point });
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${torture.name}: ${report.points} points, ${report.violations.length} violations, ${seconds} s`);
  for (const violation of report.violations) {
    console.log(`  ${violation.what}`);
    console.log(`    npm run torture -- --seed ${seed} --only ${torture.name} --point '${violation.point}'`);
  }
  points += report.points;
  violations += report.violations.length;
}
console.log(`${points} points, ${violations} violations`);
if (violations > 0 || points === 0) process.exitCode = 1;
