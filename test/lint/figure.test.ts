import { expect, it } from "vitest";
import { lint } from "../../src/lint/lint.ts";

const range = "all samples of a range are asked for, where one figure is needed";
it.each<[string, string[]]>([
  ["calls_total[5m]", [range]],
  ["(calls_total[5m:1m])", [range]],
  ['"calls"', ["this is a text, where a figure is needed"]],
  ["rate(calls_total[5m])", []],
  ["time() - 3", []],
])("an expression as a whole is one figure: %s", (expr, wanted) => {
  const text = `groups: [{ name: g, rules: [{ record: r, expr: ${JSON.stringify(expr)} }] }]\n`;
  const said = lint([{ file: "rules.yaml", text }]).filter(({ rule }) => rule === "promql");
  expect(said.map(({ message }) => message)).toEqual(wanted);
});
