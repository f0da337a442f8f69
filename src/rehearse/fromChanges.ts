import type { Json } from "../document/tree.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import type { Step } from "../steps/step.ts";
import type { Event } from "../timeline/event.ts";
import type { Change } from "../timeline/setting.ts";
import { sameValue } from "../timeline/value.ts";
import type { Draft } from "./fromIncident.ts";
import { movingOf } from "./invent.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** A change that was planned, and where. */
interface Stated {
  change: Change;
  step: string;
  /** of the plan */
  seq: number;
}

/** Each lever as it was found first. */
export function statedBy(events: readonly Event[], names: Pseudonyms): Stated[] {
  const all = events.flatMap((event) =>
    event.type === "planned" && event.step !== undefined
      ? event.payload.plan.changes
          .filter(({ undoes }) => undoes === undefined)
          .map((change) => ({ change, step: event.step!, seq: event.seq }))
      : [],
  );
  const keys = all.map(({ change: { target, setting, scope } }) =>
    JSON.stringify([target, setting, names.scope(scope)]),
  );
  return all.filter((_, nth) => keys.indexOf(keys[nth]!) === nth);
}

export function placeOf({ setting, scope, before, target }: Change, all: readonly Stated[], names: Pseudonyms): Json {
  const several = all.some(({ change }) => change.setting === setting && change.target !== target);
  const place: Record<string, Json> = { setting, ...names.scope(scope) };
  if ("is" in before) place["is"] = names.value(before.is);
  if (several) place["target"] = target;
  return place;
}

/** The parameter that was asked for, where the value that came of it tells. */
export function learn(step: Step | undefined, { before, after }: Change, draft: Draft, names: Pseudonyms): void {
  const moving = step && movingOf(step, { defaults: {} });
  if (moving === undefined || !("is" in after)) return;
  const { mitigation, params } = moving;
  const { with: given } = step!.body as MitigateBody;
  const [key, ...more] = Object.keys(params).filter((one) => !Object.hasOwn(given, one));
  const value = typeof after.is === "string" && /^\d+$/.test(after.is) ? Number(after.is) : after.is;
  if (key === undefined || more.length > 0) return;
  const tried = mitigation.schema.safeParse({ ...given, [key]: value }, { jitless: true });
  if (!tried.success || !sameValue(mitigation.change(before, tried.data), after)) return;
  draft.defaults[mitigation.kind] = { [key]: names.value(value) };
}
