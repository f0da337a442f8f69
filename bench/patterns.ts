import { patternsOf } from "../src/patterns/patterns.ts";
import { corpus } from "../test/patterns/corpus.ts";
import { median, type Figure } from "./figure.ts";

const count = 200_000;
const runs = 5;

/** How many lines of errors become templates in a second of one core, as records, logfmt, plain lines and stack traces. */
export async function run(): Promise<Figure[]> {
  const lines = corpus(count);
  const rates = Array.from({ length: runs }, () => {
    // of this process alone: others may be at work on the machine
    const began = process.cpuUsage();
    const { patterns, total } = patternsOf(lines, ["route"]);
    const { user, system } = process.cpuUsage(began);
    if (total !== count || patterns.length < 10) throw new Error(`${patterns.length} patterns of ${total} lines`);
    return count / ((user + system) / 1e6);
  });
  const rate = median(rates);
  const name = `error lines to templates, ${Math.round(rate).toLocaleString("en")} a second, against 200,000`;
  return [{ name, ratio: rate / 200_000, aim: "≥ 1" }];
}
