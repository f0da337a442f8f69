import { sayDuration } from "../duration.ts";
import { harmless, shorten } from "../harmless.ts";
import { sayBlasts } from "./blast.ts";
import type { Alert, Event, Facts, Plan, UnknownEvent } from "./event.ts";
import { isKnown } from "./fold.ts";
import type { Measurement } from "./measurement.ts";
import { sayMoment } from "./moment.ts";
import { saySpent } from "./money.ts";
import { sayReading } from "./reading.ts";
import { count, saySampled } from "./saySampled.ts";
import { sayScope } from "./scope.ts";
import type { Change, Written } from "./setting.ts";
import { sayValue, type Value } from "./value.ts";

/** One plain line for a fact, for timelines. Nothing from outside reaches it unescaped, nothing is cut but long values. */
export function describe(event: Event | UnknownEvent): string {
  if (!isKnown(event))
    return "damaged" in event
      ? `(this ${harmless(event.type)} is not as it was written, and not believed)`
      : `(unknown record type ${harmless(event.type)}, kept)`;
  return harmless(isErased(event) ? `(content of ${event.type} erased)` : words(event));
}

function words(event: Event): string {
  switch (event.type) {
    case "opened":
      return sayOpened(event.payload);
    case "pinned":
      return `runbook ${event.payload.runbook} pinned as it is now (${event.payload.origin})`;
    case "scoped":
      return `scope: ${sayScope(event.payload.scope)} (${event.payload.why})`;
    case "alert":
      return sayAlert(event.payload, event.at);
    case "check":
      return `${event.payload.name} ${event.payload.reach.ok ? "answers" : "does not answer"}: ${event.payload.reach.say}`;
    case "measured":
      return `${sayMeasured(event.payload.measurement)}${event.payload.late === true ? " (late)" : ""}`;
    case "blast":
      return sayBlasts(event.payload.blasts);
    case "sampled":
      return saySampled(event.payload);
    case "quoted":
      return `what ${count(event.payload.calls.length, "call")} said is kept here until its retention is over`;
    case "asked":
      return `asked: ${event.payload.question}`;
    case "answered":
      return sayAnswer(event.payload);
    case "step-started":
      return `step: ${event.payload.title}`;
    case "step-ended":
      return `${stepName(event.step)} ended: ${event.payload.outcome}${because(event.payload.why)}`;
    case "skipped":
      return `${stepName(event.step)} skipped: ${event.payload.reason}`;
    case "noted":
      return `note: ${event.payload.text}`;
    case "acknowledged":
      return `acknowledged by ${event.by}`;
    case "severity":
      return `severity ${event.payload.from ?? "none"} → ${event.payload.to}: ${event.payload.reason}`;
    case "role":
      return `${event.payload.person} is ${event.payload.role}`;
    case "handed-off":
      return `handed off to ${event.payload.to}: ${event.payload.note}`;
    case "planned":
      return sayPlanned(event.payload.plan);
    case "declined":
      return `declined ${event.payload.what}${because(event.payload.why)}`;
    case "intended":
      return `${event.payload.change.id} intended: ${sayMoved(event.payload.change)}`;
    case "written":
      return `${event.payload.change} ${sayWritten(event.payload.result)}`;
    case "read-back":
      return sayReadBack(event.payload);
    case "settled":
      return `${event.payload.change}, in doubt until now, is ${sayAs[event.payload.as]}: ${event.payload.why}`;
    case "probed":
      return sayProbed(event.payload);
    case "in-effect":
      return `${event.payload.change} ${sayInEffect[event.payload.verdict]}: ${event.payload.why}`;
    case "helped":
      return `${event.payload.change} ${sayVerdict[event.payload.verdict]}: ${event.payload.why}`;
    case "ended":
      return sayEnded(event.payload);
    case "drifted":
      return sayDrifted(event.payload, event.at);
    case "restored":
      return `${event.payload.change} stands there again: live is ${sayShort(event.payload.live)}`;
    case "spent":
      return saySpent(event.payload);
    case "kept":
      return `${event.payload.change} is kept without an end: ${event.payload.reason}`;
    case "extended":
      return `${event.payload.change} extended until ${sayMoment(event.payload.until, event.at)}: ${event.payload.reason}`;
    case "sent":
      return event.payload.ok
        ? `sent to ${event.payload.to}: ${event.payload.text}`
        : `not sent to ${event.payload.to}${because(event.payload.why)}`;
    case "escalated":
      return sayEscalated(event.payload);
    case "ran":
      return sayRan(event.payload);
    case "resolved":
      return `resolved${colon(event.payload.note)}`;
    case "closed":
      return `closed${colon(event.payload.note)}`;
    case "corrected":
      return `#${event.payload.seq} corrected: ${event.payload.text}`;
    case "erased":
      return `the content of #${event.payload.seq} was erased: ${event.payload.reason}`;
    case "torn":
      return `a damaged end of the record (${event.payload.bytes} bytes) was set aside as ${event.payload.file}`;
  }
}

export const sayInEffect = { yes: "is in effect", no: "is not in effect", unknown: "may or may not be in effect" };
export const sayVerdict = {
  helped: "helped",
  "not-enough": "did not help enough",
  "no-effect": "had no effect",
  unproven: "is unproven",
};
const sayAs = { applied: "applied", "not-applied": "not applied", other: "neither as before nor as intended" };

/** An erased payload is null or empty; its envelope stays. */
function isErased({ type, payload }: Event): boolean {
  return (payload as unknown) === null || (type !== "acknowledged" && Object.keys(payload).length === 0);
}

/** "m1 one request through gateway (POST ...): it was refused: 503" */
export function sayProbed({ change, probe, when, sent, why }: Facts["probed"]): string {
  return `${change} ${when === "before" ? "before the write: " : ""}one request through ${probe} (${sent}): ${why}`;
}

/** "m1 max_tokens 4096 → 512 on gateway (route support.reply)" without the id. */
export function sayMoved({ setting, before, after, target, scope }: Change): string {
  return `${setting} ${sayShort(before)} → ${sayShort(after)} on ${target} (${sayScope(scope)})`;
}

export function sayKind({ mitigation, undoes }: Change): string {
  return undoes === undefined ? mitigation : `undo of ${undoes}`;
}

/** When its time is over, and who does something about it. For where the undo command stands below. */
export function sayEnds({ at, how, by }: NonNullable<Plan["ends"]>, near: number): string {
  const when = sayMoment(at, near);
  const isWatched = !by.startsWith("by hand");
  if (how === "undo") return isWatched ? `${when}, undone ${by}` : `${when}, by hand as below: ${notWatched}`;
  const reminder = isWatched ? `a reminder ${by} at ${when}` : `no reminder at ${when}: ${notWatched}`;
  return `never by itself: it stays until somebody undoes it; ${reminder}`;
}

export const notWatched = "llmops watch is not running";

/** A value in running text: whole when it is short. */
export function sayShort(value: Value): string {
  return shorten(sayValue(value), 80);
}

export function sayWritten(result: Written): string {
  if ("written" in result) return result.version === null ? "written" : `written (version ${result.version})`;
  if ("conflict" in result) return `not written: ${result.why}`;
  if ("refused" in result) return `refused: ${result.why}`;
  return `may or may not be written: ${result.why}`;
}

function sayOpened({ kind, title, class: incidentClass, severity, scope }: Facts["opened"]): string {
  const what = { incident: "opened", change: "a change is recorded", drill: "a drill is opened" }[kind];
  const facts = [severity, incidentClass, sayScope(scope)].filter((fact) => fact !== null);
  return `${what}: ${title} (${facts.join(", ")})`;
}

function sayAlert({ name, status, startsAt }: Alert, at: number): string {
  if (status === "resolved") return `alert ${name} resolved`;
  return `alert ${name} firing${startsAt === undefined ? "" : ` since ${sayMoment(startsAt, at)}`}`;
}

function sayMeasured(measurement: Measurement): string {
  const { id, label, verdict, outcome, why, value, by, warnings } = measurement;
  const partial = (warnings ?? []).length === 0 ? "" : `; may be partial: ${warnings!.join("; ")}`;
  if (verdict === "no-data" || verdict === "error") return `${id} (${label}): ${sayReading(measurement)}${partial}`;
  const reason = value === undefined && by === undefined ? "" : because(why);
  return `${id} (${label}): ${sayReading(measurement, 3)}, ${outcome}${reason}${partial}`;
}

function sayAnswer({ choice, label, proposed }: Facts["answered"]): string {
  return `answered: ${label}${proposed === undefined || proposed === choice ? "" : ` (the evidence proposed ${proposed})`}`;
}

function sayPlanned({ changes, wider, forced }: Plan): string {
  if (changes.length === 0) return "planned: nothing, it is already so";
  const anyway = forced === undefined ? "" : `; forced (${forced.reason}) although ${forced.why.join("; ")}`;
  const broad = wider.length === 0 ? "" : `; wider than the incident: no ${wider.map((w) => w.dimension).join(", ")}`;
  return `planned ${changes.map((c) => `${c.id} ${sayKind(c)}: ${sayMoved(c)}`).join("; ")}${broad}${anyway}`;
}

function sayReadBack({ change, value, as, why }: Facts["read-back"]): string {
  if (as === "applied") return `${change} read back ${value === null ? "as wanted" : sayShort(value)}`;
  if (as === "unreadable") return `${change} cannot be read back${because(why)}`;
  return `${change} read back ${value === null ? "nothing" : sayShort(value)}, not as wanted${because(why)}`;
}

function sayEnded({ change, how, why }: Facts["ended"]): string {
  const what = {
    superseded: "ended beneath a later change, nothing was written",
    "reverted-by-others": "was changed by somebody else",
    "replaced-by-others": "was replaced by somebody else, and that is left as it is",
  }[how];
  return `${change} ${what}${because(why)}`;
}

function sayDrifted({ change, live, seenAt, by, hint }: Facts["drifted"], at: number): string {
  const who = by === undefined ? "somebody else" : by;
  return `${change} was changed by ${who} after ${sayMoment(seenAt, at)}: live is ${sayShort(live)}${because(hint)}`;
}

function sayEscalated({ level, to, ok, why }: Facts["escalated"]): string {
  return `${ok ? "escalated" : "not escalated"} to level ${level}${to === "" ? "" : `, ${to}`}${because(why)}`;
}

function sayRan({ action, argv, code, phase, irreversible, output }: Facts["ran"]): string {
  const what = `${action}${irreversible ? " (cannot be undone)" : ""}: ${argv.join(" ")}`;
  if (phase === "intended") return `about to run ${what}`;
  return `ran ${what}: ${code === null ? "no exit code" : `exit ${code}`}${colon(shorten(output, 120))}`;
}

function stepName(step: string | undefined): string {
  return step === undefined ? "a step" : `step ${step.slice(step.indexOf("/") + 1)}`;
}

function because(why: string | undefined): string {
  return why === undefined || why === "" ? "" : `: ${why}`;
}

function colon(text: string): string {
  return text === "" ? "" : `: ${text}`;
}

/** "10m 04s"; a clock that went back is said, never a negative time. */
export function sayBetween(from: number, to: number): string {
  return to < from ? "an unknown time (the clock moved back)" : sayDuration(to - from);
}
