import { nameOf } from "../timeline/changes.ts";
import type { Outline } from "../timeline/incident.ts";
import { owedRestarts, type Owed } from "../timeline/restart.ts";
import { signs, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** Restarts without which changes that were made, or taken back, are not seen by who reads them. */
export function showOwed(incidents: readonly Outline[], paint: Paint): string[] {
  return owedRestarts(incidents).flatMap((owed) => [
    ...wrap([signs.bad, " "], [sayOwed(owed)], paint, 4),
    ...(owed.byHand === undefined ? [] : wrap("    ", [{ text: owed.byHand, whole: true }], paint)),
  ]);
}

export function sayOwed({ target, what, changes, byHand }: Owed): string {
  const made = changes.map(nameOf).join(", ");
  const how = byHand === undefined ? "" : "; by hand:";
  return `${what} of ${target} was to be restarted for ${made}, and was not seen to be: it may go on with the value before${how}`;
}
