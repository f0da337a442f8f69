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

  it("lets no character through that moves, hides or turns text, and changes nothing the second time", () => {
    // Format and control characters, line separators, lone surrogates, and what shows as nothing though it is none of these.
    const bad =
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Variation_Selector}\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800]/u;
    const through: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const once = harmless(String.fromCodePoint(code));
      if (bad.test(once) || harmless(once) !== once) through.push(code.toString(16));
    }
    expect(through).toEqual([]);
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
      expect(short.isWellFormed()).toBe(true);
      expect(short).not.toMatch(/\\u?\{?[0-9a-f]{0,3}\.\.\.$/);
    }
  });
});
