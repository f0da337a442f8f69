import { formatDuration } from "../duration.ts";
import { sayKind } from "../timeline/describe.ts";
import type { EffectCheck, Plan } from "../timeline/event.ts";
import { sayMoment, sayTime } from "../timeline/moment.ts";
import { sayScope, type Dimension, type Scope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sayValue, type Json, type Value } from "../timeline/value.ts";
import { sayHealthy } from "../timeline/verdict.ts";
import { sayCondition, type Condition } from "../steps/condition.ts";
import type { Style } from "../world/terminal.ts";
import type { Paint } from "./paint.ts";
import { field, wrap } from "./wrap.ts";

/** All that one needs to know before saying yes. */
export function showPlan(plan: Plan, paint: Paint): string[] {
  const { changes, reads } = plan;
  if (changes.length === 0)
    return [
      ...reads.flatMap((read) => field("read", [`${read.identity}; ${sayTime(read.at)}`], paint, wide)),
      ...wrap("  ", ["Already so: nothing will be written."], paint),
    ];
  return [
    ...changes.flatMap((change, i) => showOne(change, reads[i], paint)),
    ...plan.wider.flatMap((wider) => wrap("  ", [{ text: "WIDER", style: "yellow" }, sayWider(wider)], paint, 4)),
    ...field("ends", [sayEnd(plan)], paint, wide),
    ...field("proof", [sayProof(plan)], paint, wide),
    ...(plan.reason === "" ? [] : field("reason", [plan.reason], paint, wide)),
  ];
}

const wide = 9;

function showOne(change: Change, read: Plan["reads"][number] | undefined, paint: Paint): string[] {
  return [
    ...field("change", [`${change.id} ${sayKind(change)}, ${sayScope(change.scope)}`], paint, wide),
    ...(read === undefined ? [] : field(change.target, [`${read.identity}; read ${sayTime(read.at)}`], paint, wide)),
    ...showDiff(change.setting, change.before, change.after, paint),
    ...(read?.conditional === false
      ? wrap(
          "  ",
          ["best effort: the target cannot refuse this write if somebody changes the value meanwhile"],
          paint,
          4,
        )
      : []),
    ...(read?.enforced === false
      ? wrap("  ", ["recorded only: whoever reads this value must follow it by themselves"], paint, 4)
      : []),
  ];
}

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

function sayWider({ dimension, lever, values }: Plan["wider"][number]): string {
  const count =
    values === undefined
      ? `every ${dimension}`
      : `${values.toLocaleString("en-US")} ${dimension}${values === 1 ? "" : "s"}`;
  return ` than the incident: ${lever} has no ${dimension}: ${count}`;
}

function sayEnd({ ends, changes, reads }: Plan): string {
  if (changes.every((change) => change.undoes !== undefined)) return "none: this restores what was before";
  if (ends === undefined) return "never: it stays until somebody undoes it";
  const when = sayMoment(ends.at, reads[0]?.at ?? ends.at);
  return ends.how === "undo"
    ? `${when}, undone ${ends.by}`
    : `${when}, only a reminder ${ends.by}; it stays until somebody undoes it`;
}

function sayProof({ changes, effects, verify, reads, withinMs }: Plan): string {
  const settles = Math.max(0, ...reads.map((read) => read.settles));
  const seen = effects.map((effect) => sayEffect(effect, changes[0]?.scope ?? {})).join(" and ");
  const condition = verify === undefined ? "" : sayCondition(verify as Condition);
  const after = settles > 0 ? ` after ${formatDuration(settles)}` : "";
  if (seen === "" && condition === "") return "read back only: nothing else shows its effect";
  const effect = seen === "" ? "read back" : `${seen}${after}`;
  return condition === "" ? effect : `${effect}; then ${condition} within ${formatDuration(withinMs)}`;
}

/** "request rate of model gpt-4o <= 0": what it narrows beyond the lever is said. */
function sayEffect({ signal, scope, healthy }: EffectCheck, lever: Scope): string {
  const narrower = Object.entries(scope).filter(([dimension, value]) => lever[dimension as Dimension] !== value);
  const of = narrower.length === 0 ? "" : ` of ${narrower.map((pair) => pair.join(" ")).join(", ")}`;
  return `${signal.replaceAll("_", " ")}${of} ${sayHealthy(healthy)}`;
}
