import type { Matcher, Refused } from "./edit.ts";

/** Where a log store has what a filter or a split is about. */
export interface LogLabel {
  label: string;
  /** a label of the stream, metadata beside the line, or a field that a parser reads out of the line */
  at: "stream" | "metadata" | "field";
}

/** What every line of a scope must have; refused where nobody said how the lines spell one of its dimensions. */
export function filtersOf<Dimension extends string>(
  labels: { readonly [D in Dimension]?: LogLabel },
  scope: { readonly [D in Dimension]?: string },
): (LogLabel & Matcher)[] | Refused {
  const filters: (LogLabel & Matcher)[] = [];
  for (const [dimension, value] of Object.entries<string | undefined>(scope)) {
    if (value === undefined) continue;
    const label = labels[dimension as Dimension];
    if (label === undefined) return { refused: `cannot be narrowed to ${dimension} ${value}: ${unspelt(dimension)}` };
    filters.push({ ...label, value });
  }
  return filters;
}

export function unspelt(dimension: string): string {
  return `nobody said how the lines spell ${dimension}, put it into labels of the source`;
}

/** Can it stand in a selector as it is. */
export function isName(label: string): boolean {
  return /^[A-Za-z_]\w*$/.test(label);
}
