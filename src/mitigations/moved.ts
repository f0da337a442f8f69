import type { Dimension } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import type { Effect } from "./mitigation.ts";

/** Where a setting names who serves the calls: there are none left at the one of before, and some at the new one. */
export function movedTo(dimension: Dimension, { before, after }: Pick<Change, "before" | "after">): Effect[] {
  if (!("is" in after) || typeof after.is !== "string") return [];
  const arrived: Effect = {
    signal: "request_rate",
    scope: { [dimension]: after.is },
    healthy: { operator: ">", number: 0 },
  };
  if (!("is" in before) || typeof before.is !== "string" || before.is === after.is) return [arrived];
  const left: Effect = {
    signal: "request_rate",
    scope: { [dimension]: before.is },
    healthy: { operator: "<=", number: 0 },
  };
  return [left, arrived];
}
