import { formatDuration } from "../duration.ts";
import { sayEnds, sayKind, sayShort } from "../timeline/describe.ts";
import type { EffectCheck, Plan, PlannedRead } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayExpected, type ProbeCheck } from "../timeline/probe.ts";
import { sayTime } from "../timeline/moment.ts";
import { sayScope, type Dimension, type Scope } from "../timeline/scope.ts";
import type { Change } from "../timeline/setting.ts";
import { sameValue } from "../timeline/value.ts";
import { sayHealthy } from "../timeline/verdict.ts";
import { sayCondition, type Condition } from "../steps/condition.ts";
import { mostAsked } from "../steps/probe.ts";
import type { Paint } from "./paint.ts";
import { showDiff } from "./diff.ts";
import { field, wrap } from "./wrap.ts";

/** What a plan is part of. `onlyShown`: nobody will apply it, so no command takes it back. */
export interface PlanOf extends Pick<Incident, "id" | "kind"> {
  onlyShown?: boolean;
}

/** All that one needs to know before saying yes. */
export function showPlan(plan: Plan, paint: Paint, of?: PlanOf): string[] {
  const { changes, reads } = plan;
  if (changes.length === 0)
    return [
      ...reads.flatMap((read) => field("read", [`${read.identity}; ${sayTime(read.at)}`], paint, wide)),
      ...wrap("  ", ["Already so: nothing will be written."], paint),
    ];
  return [
    ...(changes.length === 1
      ? changes.flatMap((change, i) => showOne(change, reads[i], paint))
      : showSeveral(plan, paint)),
    ...(plan.preflight ?? []).flatMap((text) => wrap("  ", [text], paint, 4)),
    ...reads.flatMap(({ beneath = [] }, i) => showBeneath(changes[i]!, beneath, paint)),
    ...showEverything(changes[0]!, paint),
    ...(plan.odd ?? []).flatMap(({ why }) => wrap("! ", [{ text: why, style: "yellow" }], paint)),
    ...(plan.forced === undefined ? [] : showForced(plan.forced, paint)),
    ...plan.wider.flatMap((wider) => wrap("  ", [{ text: "WIDER", style: "yellow" }, sayWider(wider, of)], paint, 4)),
    ...field("ends", [sayEnd(plan)], paint, wide),
    ...(of === undefined ? [] : showBack(changes, of, paint)),
    ...field("proof", [sayProof(plan)], paint, wide),
    ...showProbes(plan, paint),
    ...(plan.reason === "" ? [] : field("reason", [plan.reason], paint, wide)),
  ];
}

const wide = 9;

function showForced({ why, reason }: NonNullable<Plan["forced"]>, paint: Paint): string[] {
  const unfit = why.flatMap((text) => wrap("! ", [{ text, style: "yellow" }], paint, 4));
  return [...unfit, ...wrap("! ", [{ text: "FORCED", style: "yellow" }, ` all the same: ${reason}`], paint, 4)];
}

/** Many levers on one screen: each with what becomes of it. */
function showSeveral({ changes, reads, all = [] }: Plan, paint: Paint): string[] {
  const [first] = changes as [Change, ...Change[]];
  const which = all.length === 0 ? "" : `, every ${all.join(" and ")} that ${first.target} lists`;
  return [
    ...field("change", [`${changes.length} x ${sayKind(first)}${which}`], paint, wide),
    ...field(first.target, [saidBy(reads[0]!)], paint, wide),
    ...changes.flatMap(({ id, scope, setting, before, after }) =>
      wrap("  ", [`${id}  ${sayScope(scope)}  ${setting} ${sayShort(before)} → ${sayShort(after)}`], paint, 6),
    ),
    ...showLimits(reads[0], paint),
  ];
}

function showBeneath(change: Change, beneath: NonNullable<PlannedRead["beneath"]>, paint: Paint): string[] {
  const top = beneath.at(-1);
  if (top === undefined || change.undoes !== undefined) return [];
  const names = beneath.map((one) => `${one.change} of ${one.incident}`).join(", ");
  const live = `${names} ${beneath.length === 1 ? "is" : "are"} live on this lever`;
  const back = `undoing ${change.id} leads back to ${sayShort(change.before)}`;
  const isOurs = top.after === undefined || sameValue(top.after, change.before);
  const since = isOurs ? "" : `, but its ${sayShort(top.after!)} was changed by somebody else`;
  const then = isOurs ? "" : `, and ${top.change} is then still listed: its own undo asks first`;
  return wrap("! ", [`${live}${since}; ${back}${then}`], paint, 4);
}

/** A lever that cannot be narrowed at all. */
function showEverything({ scope, setting, target, undoes }: Change, paint: Paint): string[] {
  if (Object.keys(scope).length > 0 || undoes !== undefined) return [];
  const text = ` ${setting} on ${target} is one switch for all: every route, tenant and user behind it`;
  return wrap("  ", [{ text: "EVERYTHING:", style: "yellow" }, text], paint, 4);
}

/** How it is taken back, known before it is done. */
function showBack(changes: readonly Change[], { id, onlyShown }: PlanOf, paint: Paint): string[] {
  const undos = changes.filter(({ undoes }) => undoes === undefined).map(({ id }) => id);
  if (undos.length === 0) return [];
  if (onlyShown === true) return field("back", ["llmops mitigation undo, with the id that it gets"], paint, wide);
  const which = undos.length === 1 ? undos[0]! : `${undos[0]!} (to ${undos.at(-1)!})`;
  return field("back", [`llmops mitigation undo ${which} --incident ${id}`], paint, wide);
}

function saidBy({ place, identity, at }: PlannedRead): string {
  return `${place === undefined ? "" : `says it is ${place}; `}${identity}; read ${sayTime(at)}`;
}

function showOne(change: Change, read: Plan["reads"][number] | undefined, paint: Paint): string[] {
  return [
    ...field("change", [`${change.id} ${sayKind(change)}, ${sayScope(change.scope)}`], paint, wide),
    ...(read === undefined ? [] : field(change.target, [saidBy(read)], paint, wide)),
    ...showDiff(change.setting, change.before, change.after, paint),
    ...showLimits(read, paint),
  ];
}

/** What the target cannot promise. */
function showLimits(read: PlannedRead | undefined, paint: Paint): string[] {
  return [
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
    ...(read?.restart === undefined
      ? []
      : wrap("  ", [`then restarts ${read.restart}: its readers see the value when they start`], paint, 4)),
    ...(read?.notes ?? []).flatMap((note) => wrap("! ", [{ text: note, style: "yellow" }], paint, 4)),
  ];
}

function sayWider({ dimension, lever, values }: Plan["wider"][number], of?: PlanOf): string {
  const count =
    values === undefined
      ? `every ${dimension}`
      : `${values.toLocaleString("en-US")} ${dimension}${values === 1 ? "" : "s"}`;
  const what = lever.replace(/ of everything$/, "");
  return ` than ${of?.kind === "change" ? "asked" : "the incident"}: ${what} has no ${dimension}: ${count}`;
}

function sayEnd({ ends, changes, reads }: Plan): string {
  if (changes.every((change) => change.undoes !== undefined)) return "none: this restores what was before";
  if (ends === undefined) return "never: it stays until somebody undoes it";
  return sayEnds(ends, reads[0]?.at ?? ends.at);
}

function sayProof({ changes, effects, verify, reads, withinMs }: Plan): string {
  const settles = Math.max(0, ...reads.map((read) => read.settles));
  const told = effects.filter((effect) => !("cannot" in effect));
  const seen = [...new Set(told.map((effect) => sayEffect(effect, changes[0]?.scope ?? {})))].join(" and ");
  const condition = verify === undefined ? "" : sayCondition(verify as Condition);
  const after = settles > 0 ? ` after ${formatDuration(settles)}` : "";
  if (seen === "" && condition === "") return "read back only: nothing else shows its effect";
  const compared = told.some((effect) => "before" in effect) ? "; the same request served before the write" : "";
  const effect = seen === "" ? "read back" : `${seen}${after}${compared}`;
  return condition === "" ? effect : `${effect}; then ${condition} within ${formatDuration(withinMs)}`;
}

/** A call costs: how many there may be is said before. And where none is sent, why. */
function showProbes({ effects, changes }: Plan, paint: Paint): string[] {
  const checks = effects.filter((effect) => "probe" in effect);
  const sent = checks.filter(({ cannot }) => cannot === undefined);
  const most = sent.reduce((calls, { before }) => calls + mostAsked + (before === true ? 1 : 0), 0);
  const each = changes.length === 1 ? "" : ` for ${changes.length} changes`;
  const cannot = [...new Set(checks.flatMap((one) => (one.cannot === undefined ? [] : [sayCannot(one)])))];
  return [
    ...(most === 0 ? [] : field("costs", [`at most ${most} calls through the gateway${each}`], paint, wide)),
    ...cannot.flatMap((text) => wrap("! ", [{ text, style: "yellow" }], paint, 4)),
  ];
}

function sayCannot({ probe, cannot }: ProbeCheck): string {
  return `the probe ${probe} shows nothing of it: ${cannot}`;
}

/** "one request through gateway must be refused" */
function sayProbe({ probe, expect }: ProbeCheck): string {
  return `one request through ${probe} ${sayExpected(expect)}`;
}

/** "request rate of model gpt-4o <= 0": what it narrows beyond the lever is said. */
function sayEffect(check: EffectCheck, lever: Scope): string {
  if ("probe" in check) return sayProbe(check);
  const { signal, scope, healthy } = check;
  const narrower = Object.entries(scope).filter(([dimension, value]) => lever[dimension as Dimension] !== value);
  const of = narrower.length === 0 ? "" : ` of ${narrower.map((pair) => pair.join(" ")).join(", ")}`;
  return `${signal.replaceAll("_", " ")}${of} ${sayHealthy(healthy)}`;
}
