import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { isCommand, withCommands } from "../../src/show/command.ts";
import { fit } from "../../src/show/fit.ts";
import { showProblem } from "../../src/show/problem.ts";
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

describe("words in columns", () => {
  it("never stand together where only their gap has no room", () => {
    for (let words = 70; words <= 80; words++) {
      const said = wrap("", ["x".repeat(words), "  6 walks"], wide).join("\n");
      expect(said).toMatch(/^x+(?:  |\n +)6/);
    }
  });
});

describe("a command of another program that is told as the next move", () => {
  const push = "git push origin 0a1b2c3d4e5f:refs/heads/llmops/INC-1121-7f3k-m1";
  const create = "gh pr create --base main --head llmops/INC-1121-7f3k-m1";
  const restart = "kubectl --context=prod --namespace=ai rollout restart deployment/llm-gateway";
  const login = "kubectl --context=prod --namespace=ai auth can-i get pods";
  const next = [
    [`in /srv/gateway-config: ${push}; then: ${create}`, [push, create]],
    [`restart it by hand: ${restart}`, [restart]],
    [`log in by hand, where you can be asked (${login}), then try again`, [login]],
    [`${restart}, or change it by hand`, [restart]],
    [`look: kubectl --context='a; b' get pods`, ["kubectl --context='a; b' get pods"]],
  ] as const;

  it.each(next)("is never broken, however narrow the terminal is: %s", (text, commands) => {
    for (let columns = 24; columns <= 120; columns++) {
      const paint = { ...wide, columns };
      const lines = showProblem(new UserError({ what: "It was refused.", next: text }), paint, (said) => said);
      for (const command of commands)
        expect([columns, lines.filter((line) => line.includes(command))]).toEqual([columns, [expect.anything()]]);
      const words = lines.slice(lines.findIndex((line) => line.includes("next:"))).join(" ");
      expect(words.replaceAll(/\s+/g, " ").trim()).toBe(`next: ${text}`);
      for (const line of lines.filter((one) => one.length > columns)) expect(isCommand(line)).toBe(true);
      expect(fit(lines, paint)).toBe(lines.join("\n"));
    }
  });

  it("is no sentence that speaks of one, and nothing that a stranger put behind such a name", () => {
    const plain = (text: string) => withCommands(text).every(({ whole }) => !whole);
    expect(plain("see that git ls-remote origin works in /srv without asking for a password")).toBe(true);
    expect(plain("install kubectl (1.16 or newer), or see that PATH leads to it")).toBe(true);
    const stranger = `git origin main did not take the commit: ${"x ".repeat(60)}`;
    expect(isCommand(stranger)).toBe(false);
    for (const line of fit([stranger], wide).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
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
