import { describe, expect, it } from "vitest";
import { csvOf } from "../../src/show/csv.ts";

const at = Date.parse("2026-11-21T03:12:04.250Z");
const row = (label: string) => csvOf([{ labels: { l: label }, points: [{ at, value: 1 }] }]);

describe("CSV", () => {
  it.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
    ["-2+3", "'-2+3"],
    ['=HYPERLINK("http://evil","x")', `"'=HYPERLINK(""http://evil"",""x"")"`],
    ["-12.5", "-12.5"],
    ["+1e-3", "+1e-3"],
    ["-", "'-"],
    ["\u001b[31mred", "\\u001b[31mred"],
    ["\t=1", "    =1"],
    ["\r=1", "\\r=1"],
  ])("%j is written %s", (label, cell) => {
    expect(row(label)).toBe(`time,value,l\r\n2026-11-21T03:12:04.250Z,1,${cell}\r\n`);
  });

  it("has a column for every label of any series, and a head even where there is nothing", () => {
    const text = csvOf([
      { labels: { b: "1" }, points: [{ at, value: -Infinity }] },
      { labels: { a: "=2", "=x": "" }, points: [] },
    ]);
    expect(text).toBe("time,value,'=x,a,b\r\n2026-11-21T03:12:04.250Z,-Infinity,,,1\r\n");
    expect(csvOf([])).toBe("time,value\r\n");
  });

  it("keeps every digit", () => {
    expect(csvOf([{ labels: {}, points: [{ at, value: 0.1 + 0.2 }] }])).toContain(",0.30000000000000004\r\n");
  });
});
