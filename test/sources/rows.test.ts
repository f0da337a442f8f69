import { describe, expect, it } from "vitest";
import { readPromAnswer } from "../../src/sources/answer.ts";
import { parseAnswer } from "../../src/sources/rows.ts";

const row = (i: number) => ({
  metric: { route: `r${i} "}],{[ \\ \u2028`, 'odd "result":[': "," },
  values: [
    [1, String(i)],
    [2, "NaN"],
  ],
});
const whole = (count: number) => ({
  status: "success",
  data: { resultType: "matrix", result: Array.from({ length: count }, (_, i) => row(i)) },
  warnings: ['about "result":[ and more'],
});

describe("G05: the rows of a large answer", () => {
  it.each([
    ["compact", JSON.stringify(whole(5000))],
    ["laid out", JSON.stringify(whole(5000), null, 1)],
    ["warnings first", JSON.stringify({ warnings: whole(0).warnings, status: "success", data: whole(5000).data })],
  ])("are those of the whole: %s", (_, text) => {
    expect(text.length).toBeGreaterThan(300_000);
    const { answer, rows } = parseAnswer(text);
    expect([...rows!]).toEqual(whole(5000).data.result);
    expect(answer).toMatchObject({ status: "success", warnings: whole(0).warnings });
    const read = readPromAnswer(text);
    const series = "series" in read ? read.series : [];
    expect(series.map(({ labels, points }) => [labels["route"], points])).toEqual(
      whole(5000).data.result.map(({ metric }, i) => [
        metric.route,
        [
          { at: 1000, value: i },
          { at: 2000, value: Number.NaN },
        ],
      ]),
    );
  });

  it.each([
    ["cut in the middle", (text: string) => text.slice(0, text.length / 2)],
    ["a row that is no JSON", (text: string) => text.replace('"r2000 ', "r2000 ")],
    ["a comma at the end", (text: string) => text.replace(/\]\},"warnings/, ',]},"warnings')],
    ["two commas", (text: string) => text.replace('},{"metric"', '},,{"metric"')],
    ["a list in another place", (text: string) => text.replace('"data"', '"date"')],
    ["no list at all", (text: string) => text.replace('"result":[', '"result":[]},"x":{"y":[')],
  ])("%s: no data is taken from it", (_, change) => {
    const text = change(JSON.stringify(whole(5000)));
    const read = readPromAnswer(text);
    expect("error" in read || ("series" in read && read.series.length === 0)).toBe(true);
  });
});
