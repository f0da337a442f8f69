import { describe, expect, it } from "vitest";
import { openMenu, press, type Key, type MenuState } from "../../src/world/keys.ts";
import { drawAnswer, drawMenu } from "../../src/world/menu.ts";
import type { Menu, Style } from "../../src/world/terminal.ts";

const menu = (count: number, more: Partial<Menu> = {}): Menu => ({
  question: "What?",
  choices: Array.from({ length: count }, (_, i) => ({ value: `v${i + 1}`, label: `Label ${i + 1}` })),
  keys: { k: "kill switch", "?": "more" },
  ...more,
});
const named = (name: string): Key => ({ name });
const typed = (sequence: string): Key => ({ sequence, name: sequence.toLowerCase() });

function type(asked: Menu, ...keys: Key[]): unknown {
  let state: MenuState = openMenu(asked);
  for (const key of keys) {
    const next = press(asked, state, key);
    if (!("cursor" in next)) return next;
    state = next;
  }
  return state.cursor;
}

describe("keys of a menu", () => {
  it("Enter alone answers only what was proposed", () => {
    expect(type(menu(3), named("return"))).toBeUndefined();
    expect(type(menu(3, { proposed: "v2" }), named("return"))).toEqual({ value: "v2" });
    expect(type(menu(3, { proposed: "unknown" }), named("return"))).toBeUndefined();
  });

  it("arrows stop at the ends", () => {
    expect(type(menu(3), named("down"))).toBe(0);
    expect(type(menu(3), named("up"))).toBe(2);
    expect(type(menu(3), named("down"), named("up"))).toBe(0);
    expect(type(menu(3), ...Array.from({ length: 9 }, () => named("down")))).toBe(2);
  });

  it("digits answer at once below ten choices, else they add up", () => {
    expect(type(menu(9), typed("9"))).toEqual({ value: "v9" });
    expect(type(menu(3), typed("4"), typed("0"))).toBeUndefined();
    expect(type(menu(12), typed("1"))).toBe(0);
    expect(type(menu(12), typed("1"), typed("2"))).toBe(11);
    expect(type(menu(12), typed("1"), typed("3"))).toBe(2);
    expect(type(menu(12), typed("1"), named("down"), typed("2"))).toBe(1);
    expect(type(menu(12), typed("1"), typed("0"), named("return"))).toEqual({ value: "v10" });
  });

  it("known keys answer, in capitals too; others, and those with Ctrl or Alt, do nothing", () => {
    expect(type(menu(3), typed("x"), typed("k"))).toEqual({ key: "k" });
    expect(type(menu(3), typed("K"))).toEqual({ key: "k" });
    expect(type(menu(3), { sequence: "?" })).toEqual({ key: "?" });
    expect(type(menu(3), { sequence: "\u000b", name: "k", ctrl: true })).toBeUndefined();
    expect(type(menu(3), { sequence: "\u001bk", name: "k", meta: true })).toBeUndefined();
    expect(type(menu(3), typed("constructor"))).toBeUndefined();
  });
});

describe("the drawing", () => {
  const style = (name: Style, text: string) => `<${name}>${text}</>`;
  const plain = { columns: 80, unicode: true, style: (_: Style, text: string) => text };

  it("with colour", () => {
    const ink = { columns: 80, unicode: false, style };
    expect(drawMenu(menu(2, { why: "because" }), 1, ink)).toBe(
      [
        "<bold>What?</>     <dim>because</>",
        "  1  Label 1",
        "<cyan>></> <bold>2  Label 2</>",
        "<dim>k kill switch  ? more</>",
      ].join("\n"),
    );
    expect(drawAnswer(menu(2), { value: "v2" }, ink)).toBe("<bold>What?</> <cyan>Label 2</>");
    expect(drawAnswer(menu(2), { key: "k" }, ink)).toBe("<bold>What?</> <cyan>k kill switch</>");
  });

  it("a reason that does not fit goes below", () => {
    expect(drawMenu(menu(1, { why: "a long reason" }), 0, { ...plain, columns: 20 })).toContain("What?  a long reason");
    expect(drawMenu(menu(1, { why: "a longer reason" }), 0, { ...plain, columns: 20 })).toContain(
      "What?\n  a longer reason\n",
    );
  });

  it("never has more lines than the screen, and always shows the cursor", () => {
    for (let cursor = 0; cursor < 40; cursor++) {
      const drawn = drawMenu(menu(40), cursor, { ...plain, rows: 12 });
      expect(drawn.split("\n").length).toBeLessThan(12);
      expect(drawn).toContain(`❯ ${String(cursor + 1).padStart(2)}  Label ${cursor + 1}\n`);
    }
  });

  it("no key line is wider than the terminal", () => {
    const keys = Object.fromEntries(Array.from("abcdefghij", (key) => [key, `does ${key}`]));
    for (let columns = 21; columns < 120; columns += 7)
      for (const line of drawMenu(menu(1, { keys }), 0, { ...plain, columns }).split("\n"))
        expect(line.length).toBeLessThanOrEqual(columns);
  });
});
