import { readdirSync, readFileSync } from "node:fs";
import { signatures } from "../../../src/queries/signatures.ts";
import { shippedStack } from "../../signals/stacks.ts";

const lines = (name: string) =>
  readFileSync(new URL(name, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("## "));

/** Written by hand, by theme: right and wrong. */
export const written = lines("corpus.txt");

/** For eight stacks, against which they were measured. */
export const reference = lines("signals.txt");

export const shipped = readdirSync(new URL("../../../runbooks/signals", import.meta.url))
  .filter((file) => file !== "catalogue.yaml")
  .map((file) => shippedStack(file.replace(/\.yaml$/, "")))
  .filter(({ language }) => language === "promql")
  .flatMap(({ queries }) => [...queries.values()].map(({ text }) => text));

/** Functions that Prometheus 2.42 does not have. */
export const newer = new Set(
  (
    "double_exponential_smoothing end first_over_time histogram_avg histogram_quantiles histogram_stddev histogram_stdvar info " +
    "mad_over_time range sort_by_label sort_by_label_desc start start_timestamp step ts_of_first_over_time " +
    "ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time"
  ).split(" "),
);

const lists = (
  '|a|1|"x"|a[5m]|a, 1|1, a|a, a|a[5m], 1|1, a[5m]|a, "x"|"x", a|1, 1|a, 1, 2|1, 2, a|a[5m], 1, 2|a, "x", "y"|a, 1, "x"|' +
  'a, "x", "y", "z"|a, "w", "x", "y", "z"|a, "w", "x", "y", "z", "q"|a, 1, "x", "y", "z"|a[5m:1m]|sum(a)|(a[5m])'
).split("|");

/** Every function that promtool may know, with right and wrong arguments. */
export const calls = [...signatures.keys()]
  .filter((name) => !newer.has(name))
  .flatMap((name) => lists.map((args) => `${name}(${args})`));

/** The disagreements that are known, by their reason. */
export function listed(): { version: string; reasons: Map<string, string[]> } {
  const reasons = new Map<string, string[]>();
  let version = "";
  let reason: string[] = [];
  for (const line of readFileSync(new URL("disagreements.txt", import.meta.url), "utf8").split("\n")) {
    if (line.startsWith("## promtool ")) version = line.slice("## promtool ".length);
    else if (line.startsWith("## ")) reasons.set(line.slice(3), (reason = []));
    else if (line !== "") reason.push(line);
  }
  return { version, reasons };
}
