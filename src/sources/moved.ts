import type { Series } from "./source.ts";

/** The same values `byMs` later, those from `from` to `to` (inclusive); a series without any is left out. */
export function moved(list: readonly Series[], byMs: number, from: number, to: number): Series[] {
  const at = (series: Series) =>
    series.points.flatMap((point) => {
      const time = point.at + byMs;
      return time < from || time > to ? [] : { at: time, value: point.value };
    });
  return list
    .filter((series) => at(series).length > 0)
    .map((series) => ({
      labels: series.labels,
      get points() {
        return at(series);
      },
    }));
}
