import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { saysOf, stacks } from "./known.ts";

const lines = readFileSync(new URL("./real-expressions.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [, rules = "", expression = line] = /^! ([a-z -]+) \| (.+)$/.exec(line) ?? [];
    return { expression, rules: rules === "" ? [] : rules.split(" ") };
  });

describe("of published alerts the rules say only what was found to be true", () => {
  it.each(lines)("$expression", ({ expression, rules }) => {
    expect(saysOf(expression, { forMs: 300_000 }).map((one) => one.replace(/:.*/s, ""))).toEqual(rules);
  });
});

describe("nothing is said of a signal of ours", () => {
  const written = stacks.flatMap(({ name: stack, queries }) =>
    [...queries.values()]
      .filter(({ language }) => language === "promql")
      .map(({ name, text, unit, layer }) => ({ stack, name, text, unit, layer })),
  );
  it.each(written)("$stack $name", ({ name, text, unit, layer }) => {
    expect(saysOf(text, { use: "signal", name, unit, layer })).toEqual([]);
    expect(saysOf(text, { use: "evidence", name, healthy: { kind: "normal", z: 3 } })).toEqual([]);
  });
});
