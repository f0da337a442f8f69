import { run as append } from "./append.ts";
import { run as big } from "./big.ts";
import { run as burst } from "./burst.ts";
import { run as calls } from "./calls.ts";
import { run as callsBig } from "./callsBig.ts";
import { run as coverage } from "./coverage.ts";
import { met, type Figure } from "./figure.ts";
import { run as firstRow } from "./firstRow.ts";
import { run as fullStore } from "./fullStore.ts";
import { run as inFlight } from "./inFlight.ts";
import { run as killSwitch } from "./killSwitch.ts";
import { run as killSwitchKinds } from "./killSwitchKinds.ts";
import { run as lint } from "./lint.ts";
import { run as liveList } from "./liveList.ts";
import { run as list } from "./list.ts";
import { run as patterns } from "./patterns.ts";
import { run as startup } from "./startup.ts";

/** Every bench, in the order of the table; `npm run bench -- append list` runs these two. */
const benches: Record<string, () => Promise<Figure[]>> = {
  startup,
  firstRow,
  killSwitch,
  killSwitchKinds,
  fullStore,
  append,
  big,
  list,
  liveList,
  inFlight,
  burst,
  calls,
  callsBig,
  patterns,
  coverage,
  lint,
};

const [, , ...named] = process.argv;
for (const [name, bench] of Object.entries(benches)) {
  if (named.length > 0 && !named.includes(name)) continue;
  for (const figure of await bench()) {
    const { name, ratio, aim, unit = "×" } = figure;
    // A bench that could not be run says so in its name.
    const result = Number.isNaN(ratio)
      ? ""
      : `${ratio.toFixed(2)} ${unit}`.padStart(10) + (met(figure) ? "   met" : "   MISSED");
    console.log(`${name.padEnd(66)}  aim ${`${aim} ${unit}`.padEnd(8)}${result}`);
  }
}
