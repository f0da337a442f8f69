import { sayValue, type Json, type Value } from "../timeline/value.ts";
import type { Style } from "../world/terminal.ts";
import type { Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** Before and after on two lines; of long lists only what leaves and what joins. */
export function showDiff(setting: string, before: Value, after: Value, paint: Paint): string[] {
  const sign = (text: string, style: Style, value: string) =>
    wrap([{ text: `${text} `, style }, `${setting}  `], [value], paint, 4);
  const lists = members(before, after);
  if (lists === undefined) return [...sign("-", "red", sayValue(before)), ...sign("+", "green", sayValue(after))];
  const { left, joined, same } = lists;
  return [
    ...left.flatMap((member) => sign("-", "red", JSON.stringify(member))),
    ...joined.flatMap((member) => sign("+", "green", JSON.stringify(member))),
    ...wrap(
      "  ",
      [`${setting}  ${same} other${same === 1 ? " stays" : "s stay"} as ${same === 1 ? "it is" : "they are"}`],
      paint,
      4,
    ),
  ];
}

function members(before: Value, after: Value): { left: Json[]; joined: Json[]; same: number } | undefined {
  if ("absent" in before || "absent" in after || !Array.isArray(before.is) || !Array.isArray(after.is))
    return undefined;
  if (sayValue(before).length + sayValue(after).length < 120) return undefined;
  const [had, has] = [before.is, after.is].map((list) => new Set(list.map((m) => JSON.stringify(m)))) as [
    Set<string>,
    Set<string>,
  ];
  const left = before.is.filter((m) => !has.has(JSON.stringify(m)));
  const joined = after.is.filter((m) => !had.has(JSON.stringify(m)));
  // the same members in another order: only whole lists tell that truth
  if (left.length + joined.length === 0) return undefined;
  return { left, joined, same: before.is.length - left.length };
}
