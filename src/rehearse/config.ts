import { didYouMean } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import { dimensions, sayScope, type Scope } from "../timeline/scope.ts";
import type { Change, Lever, Setting, Written } from "../timeline/setting.ts";
import { absent, sameValue, type Value } from "../timeline/value.ts";
import type { Clock } from "../world/clock.ts";
import type { writes, Place } from "./schema.ts";

export type Answer = (typeof writes)[number];

/** One value that can be changed. */
interface Slot {
  setting: Setting;
  scope: Scope;
  value: Value;
  version: number;
  answers: readonly Answer[];
  written: number;
}

/** A config API in memory. `answer`: what it says to this write, whatever stands in the test's state. */
export function openConfig(
  name: string,
  places: readonly Omit<Place, "target" | "effect">[],
  clock: Clock,
  answer: () => Answer | undefined,
): Target {
  const slots: Slot[] = places.map(({ setting, scope, is, write }) => {
    const value = is === undefined ? absent : { is };
    return { setting, scope, value, version: 1, answers: write, written: 0 };
  });
  const find = (setting: Setting, scope: Scope) =>
    slots.find((one) => one.setting === setting && dimensions.every((d) => one.scope[d] === scope[d]));

  return {
    kind: "rehearsal",
    says: name,
    levers: leversOf(places),
    address: (setting, scope) => `${setting} ${sayScope(scope)}`,
    async read(setting, scope) {
      const slot = find(setting, scope);
      if (slot !== undefined)
        return { value: slot.value, version: String(slot.version), identity: name, at: clock.now() };
      const [dimension] = dimensions.filter((d) => scope[d] !== undefined);
      const known = slots.filter((one) => one.setting === setting).map(({ scope: at }) => at[dimension!] ?? "");
      const near = didYouMean(scope[dimension!] ?? "", known);
      return { error: `the test has no ${setting} of ${sayScope(scope)} under state${near}`, missing: true };
    },
    async write(change) {
      const slot = find(change.setting, change.scope)!;
      const said = answer() ?? slot.answers[Math.min(slot.written, slot.answers.length - 1)]!;
      slot.written++;
      return writeTo(slot, change, said);
    },
    list: async (dimension) => [...new Set(slots.flatMap(({ scope }) => scope[dimension] ?? []))],
    check: async () => ({ ok: true, say: name, ms: 0 }),
  };
}

function writeTo(slot: Slot, { before, after }: Change, said: Answer): Written {
  if (said === "refused") return { refused: true, why: "the test's config refuses the write" };
  if (said === "unknown") return { unknown: true, why: "the test's config does not answer" };
  if (said === "conflict" || !sameValue(slot.value, before))
    return { conflict: true, live: slot.value, why: "the test's config was changed by somebody else" };
  slot.value = after;
  return { written: true, version: String(++slot.version) };
}

function leversOf(places: readonly Pick<Place, "setting" | "scope">[]): Lever[] {
  const settings = new Map(places.map(({ setting, scope }) => [setting, scope]));
  return [...settings].map(([setting, scope]) => ({
    setting,
    scope: dimensions.filter((d) => scope[d] !== undefined),
    conditional: true,
    settles: 0,
    enforced: true,
  }));
}
