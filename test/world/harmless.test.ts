import { describe, expect, it } from "vitest";
import { harmless, shorten } from "../../src/harmless.ts";

describe("harmless", () => {
  it.each([
    ["plain ünïcödé 漢字 👩 ok", "plain ünïcödé 漢字 👩 ok"],
    ["\u001b[31mred", "\\u001b[31mred"],
    ["\u009b31m", "\\u009b31m"],
    ["\u0007\u0008\u007f", "\\u0007\\u0008\\u007f"],
    ["a\rb\nc\td", "a\\rb\\nc    d"],
    ["a\u202eb\u2066c", "a\\u202eb\\u2066c"],
    ["a\u200bb\u200dc\ufeff", "a\\u200bb\\u200dc\\ufeff"],
    ["\u{e0041}tag", "\\u{e0041}tag"],
    ["\ud800 alone", "\\ud800 alone"],
    ["a\u2028b\u2029c", "a\\u2028b\\u2029c"],
  ])("%j is shown as %j", (text, shown) => expect(harmless(text)).toBe(shown));

  it("keeps line breaks when asked, and nothing else", () => {
    expect(harmless("a\nb\r\u001b", true)).toBe("a\nb\\r\\u001b");
  });

  it("lets through nothing that moves, hides or turns text", () => {
    const bad: [from: number, to: number][] = [
      [0x00, 0x1f],
      [0x7f, 0x9f],
      [0xad, 0xad],
      [0x34f, 0x34f],
      [0x61c, 0x61c],
      [0x115f, 0x1160],
      [0x17b4, 0x17b5],
      [0x180b, 0x180f],
      [0x200b, 0x200f],
      [0x2028, 0x202e],
      [0x2060, 0x206f],
      [0x3164, 0x3164],
      [0xd800, 0xdfff],
      [0xfe00, 0xfe0f],
      [0xfeff, 0xfeff],
      [0xffa0, 0xffa0],
      [0xfff9, 0xfffb],
      [0xe0000, 0xe0fff],
    ];
    const through: string[] = [];
    for (const [from, to] of bad)
      for (let code = from; code <= to; code++)
        if (harmless(String.fromCodePoint(code)).includes(String.fromCodePoint(code))) through.push(code.toString(16));
    expect(through).toEqual([]);
  });

  it("changes nothing the second time, whatever the character", () => {
    const changed: number[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const once = harmless(String.fromCodePoint(code));
      if (harmless(once) !== once) changed.push(code);
    }
    expect(changed).toEqual([]);
  });
});

describe("shorten", () => {
  it("is one harmless line and no longer than allowed", () => {
    expect(shorten("  a\n\n b\t c ", 80)).toBe("a b c");
    expect(shorten("abcdefghij", 10)).toBe("abcdefghij");
    expect(shorten("abcdefghijk", 10)).toBe("abcdefg...");
    expect(shorten("abc\u001b\u001b\u001b", 10)).toBe("abc...");
    expect(shorten("\u{e0041}\u{e0041}", 12)).toBe("\\u{e0041}...");
  });

  it("does not cut a character in two, whatever the length", () => {
    const text = "👩x👩👩\u001b👩";
    for (let most = 3; most < 30; most++) {
      const short = shorten(text, most);
      expect(short.length).toBeLessThanOrEqual(most);
      expect(short).not.toMatch(/\p{Cs}/u);
      expect(short).not.toMatch(/\\u?\{?[0-9a-f]{0,3}\.\.\.$/);
    }
  });
});
