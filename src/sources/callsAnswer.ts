import type { Shape } from "./callsSql.ts";
import type { Series } from "./source.ts";

/** One row of `selectFigures`: step (null: unreadable lines), inside the scope, name, naive, then the figures. */
export type Row = [
  step: number | null,
  inside: boolean,
  name: string,
  naive: boolean | null,
  ...figures: (number | null)[],
];

/**
 * The series of the figure at `place`. A step without any call is left out; a step with calls, but none inside the scope
 * (or of this name), has the figure that is true of no calls at all (`ofNothing`: 0 for a count, null for a ratio).
 */
export function seriesOf(rows: readonly Row[], place: number, shape: Shape, ofNothing: number | null): Series[] {
  const { grid, by } = shape;
  const steps = new Set<number>();
  const byName = new Map<string, Map<number, number | null>>();
  if (by === undefined) byName.set("", new Map());
  for (const [step, inside, name, , ...figures] of rows) {
    if (step === null) continue;
    steps.add(step);
    if (!inside) continue;
    const known = byName.get(name) ?? new Map<number, number | null>();
    byName.set(name, known.set(step, figures[place]!));
  }
  const inOrder = [...steps].sort((a, b) => a - b);
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, known]) => {
      const points = inOrder.flatMap((step) => {
        const value = known.has(step) ? known.get(step)! : ofNothing;
        return value === null || Number.isNaN(value) ? [] : [{ at: grid.from + step * grid.resolution, value }];
      });
      return points.length === 0 ? [] : [{ labels: by === undefined ? {} : { [by]: name }, points }];
    });
}
