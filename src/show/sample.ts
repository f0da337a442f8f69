import type { Facts } from "../timeline/event.ts";
import type { Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** How many calls were looked at, and the first of them. Fields are those that the source allows. */
export function showSample({ of, source, found, rows }: Facts["sampled"], paint: Paint): string[] {
  const shown = rows.slice(0, 10);
  return [
    ...wrap("  ", [`${rows.length} of ${found} calls (${of}) from ${source}`], paint),
    ...shown.flatMap((row) => wrap("    ", [sayRow(row)], paint, 6)),
    ...(rows.length > shown.length ? wrap("    ", [`${rows.length - shown.length} more in the record`], paint) : []),
  ];
}

function sayRow(row: Facts["sampled"]["rows"][number]): string {
  return Object.entries(row)
    .flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
    .join(" · ");
}
