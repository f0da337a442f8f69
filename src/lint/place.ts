import type { Document, Path } from "../document/document.ts";
import { valueAt } from "../schema/schema.ts";
import type { Place } from "./rule.ts";

/** Where a place is in its file, as offsets; `about`: the path that is meant where the place has none. */
export function placeOf(document: Document, about: Path, place: Place): { start: number; end: number } {
  if ("start" in place) return place;
  const { path = about, key, from, to } = place;
  let nearest = path;
  while (nearest.length > 0 && valueAt(document.value, nearest) === undefined) nearest = nearest.slice(0, -1);
  const value = valueAt(document.value, nearest);
  if (from === undefined || to === undefined || typeof value !== "string") {
    const [start, end] = document.span(nearest, key);
    return { start, end };
  }
  // texts are read without the white space around them
  const before = value.length - value.trimStart().length;
  const start = document.inside(nearest, before + from);
  const last = document.inside(nearest, before + Math.max(from, to - 1));
  return { start, end: to > from ? last + 1 : last };
}
