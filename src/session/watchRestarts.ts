import { sayOwed } from "../show/owed.ts";
import { tell } from "../show/tell.ts";
import type { Outline } from "../timeline/incident.ts";
import { owedRestarts } from "../timeline/restart.ts";
import type { Watch } from "./watch.ts";

/** Restarts that are owed, each once. */
export function tellRestarts(all: readonly Outline[], { world, told }: Watch): void {
  for (const owed of owedRestarts(all))
    if (told.isNews(`restart ${owed.target} ${owed.what}`, sayOwed(owed)))
      tell(world.terminal, `! ${sayOwed(owed)}`, ...(owed.byHand === undefined ? [] : [`    ${owed.byHand}`]));
}
