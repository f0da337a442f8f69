import { met, type Figure } from "./figure.ts";
import { run as startup } from "./startup.ts";

/** Every bench, in the order of the table. */
const benches: (() => Promise<Figure[]>)[] = [startup];

for (const bench of benches) {
  for (const figure of await bench()) {
    const ratio = `${figure.ratio.toFixed(2)} ×`;
    console.log(
      `${figure.name.padEnd(52)} ${ratio.padStart(10)}   aim ${figure.aim} ×   ${met(figure) ? "met" : "MISSED"}`,
    );
  }
}
