import { describe, expect, it } from "vitest";
import { fit } from "../../src/show/fit.ts";
import { field, wrap } from "../../src/show/wrap.ts";
import { drawMenu } from "../../src/world/menu.ts";
import { wide } from "./story.ts";

const undo = "llmops mitigation undo m1 --incident INC-1121-7f3k";
const check = `llmops incident check INC-1121-7f3k --expect-head ${"9c1f".repeat(16)}`;

describe("a command that is copied", () => {
  it("stands on one line where one line can hold it, wherever the words before it end", () => {
    for (let words = 0; words < 30; words++) {
      const lines = wrap("  ", [`${"so ".repeat(words)}${undo}; then look again`], wide);
      expect(lines.filter((line) => line.includes(undo))).toHaveLength(1);
      expect(lines.map((line) => line.trim()).join(" ")).toBe(`${"so ".repeat(words)}${undo}; then look again`);
    }
  });

  it("takes no words of the sentence around it along", () => {
    const [first] = wrap("", [`${"x".repeat(50)} llmops watch --once settles it by reading`], wide);
    expect(first).toBe(`${"x".repeat(50)} llmops watch --once settles`);
  });

  it("is broken between its words where no line can hold it, and loses none", () => {
    const lines = field("next:", [undo], { ...wide, columns: 40 }, 20);
    expect(lines.map((line) => line.trim()).join(" ")).toBe(`next:               ${undo}`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  it("on a line of its own is left whole: the terminal breaks it, and copies it in one piece", () => {
    for (const columns of [20, 80]) expect(fit([`  ${check}`], { ...wide, columns })).toBe(`  ${check}`);
  });
});

it("a question is broken between words", () => {
  const question = "What drives the cost of this product, and who is to be told about it before anything is changed?";
  const ink = { columns: 40, unicode: true, style: (_: string, text: string) => text };
  const menu = {
    question,
    choices: [{ value: "a", label: "A" }],
    keys: {},
    why: "evidence proposes 1: length ×10.3, calls as usual",
  };
  const lines = drawMenu(menu, 0, ink).split("\n");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  expect(lines.slice(0, -1).join(" ").replaceAll(/ +/g, " ")).toBe(`${question} ${menu.why}`);
});
