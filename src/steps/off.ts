import { covers, sayScope, type Scope } from "../timeline/scope.ts";
import { sameValue, type Value } from "../timeline/value.ts";
import type { Context } from "./context.ts";

const off: Value = { is: false };

/**
 * What turned all of this off, in words: a live change of ours, still there when read now; undefined where it is served. One
 * that was seen to have no effect turned nothing off.
 */
export async function turnedOff(scope: Scope, context: Context): Promise<string | undefined> {
  const incidents = await context.incidents();
  const kills = incidents
    .flatMap((incident) => incident.changes.map((tracked) => ({ incident, tracked })))
    .filter(({ tracked: { state, change } }) => state === "applied" && sameValue(change.after, off))
    .filter(({ tracked: { inEffect } }) => inEffect?.verdict !== "no")
    .filter(({ tracked: { change } }) => change.setting === "enabled" && covers(change.scope, scope));
  for (const { incident, tracked } of kills) {
    const { id, target, setting, scope: at } = tracked.change;
    const named = context.targets().find(({ name }) => name === target);
    const read = await (await named?.open())?.read(setting, at);
    if (read === undefined || "error" in read || !sameValue(read.value, off)) continue;
    const whose = incident.id === context.incident.id ? id : `${id} of ${incident.id}`;
    return `${sayScope(at)} is turned off by ${whose}`;
  }
  return undefined;
}
