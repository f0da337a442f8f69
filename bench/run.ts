import { run as calls } from "./calls.ts";
import { met, type Figure } from "./figure.ts";
import { run as firstRow } from "./firstRow.ts";
import { run as inFlight } from "./inFlight.ts";
import { run as startup } from "./startup.ts";

/** Every bench, in the order of the table. */
const benches: (() => Promise<Figure[]>)[] = [startup, firstRow, inFlight, calls];

for (const bench of benches) {
  for (const figure of await bench()) {
    const { name, ratio, aim } = figure;
    // A bench that could not be run says so in its name.
    const result = Number.isNaN(ratio)
      ? ""
      : `${ratio.toFixed(2)} ×`.padStart(10) + (met(figure) ? "   met" : "   MISSED");
    console.log(`${name.padEnd(66)}  aim ${aim.padEnd(5)} ×${result}`);
  }
}
