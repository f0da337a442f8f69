import { sayKind, sayShort } from "../timeline/describe.ts";
import { sayDrift } from "../timeline/drift.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { sayMoment } from "../timeline/moment.ts";
import { sayScope } from "../timeline/scope.ts";
import { cite, eventsOf } from "./record.ts";

export interface MitigationRow {
  id: string;
  kind: string;
  where: string;
  setting: string;
  before: string;
  after: string;
  who: string;
  effect: string;
  helped: string;
  end: string;
}

/** Every change that was about to reach production, and what is known of it. */
export function mitigationsOf(incident: Incident): MitigationRow[] {
  return incident.changes.map((tracked) => {
    const { change, by, intendedAt } = tracked;
    const seq = (type: "intended" | "in-effect" | "helped") => seqOf(incident, type, change.id);
    return {
      id: change.id,
      kind: `${sayKind(change)}${tracked.plan.forced === undefined ? "" : `, forced: ${tracked.plan.forced.reason}`}`,
      where: `${change.target}, ${sayScope(change.scope)}`,
      setting: change.setting,
      before: sayShort(change.before),
      after: sayShort(change.after),
      who: `${by}, ${cite(incident, intendedAt, seq("intended"))}`,
      effect:
        tracked.inEffect === undefined
          ? "not looked at"
          : `${tracked.inEffect.verdict} (#${seq("in-effect")})${sayAsked(change.id, incident)}`,
      helped: tracked.helped === undefined ? "not verified" : `${tracked.helped.verdict} (#${seq("helped")})`,
      end: [sayEnd(tracked, incident), ...driftsOf(tracked, incident)].join("; "),
    };
  });
}

/** "after 2 requests through gateway": the calls that the proof has cost. */
function sayAsked(id: string, { probed }: Incident): string {
  const asked = probed.get(id) ?? [];
  const [first] = asked;
  if (first === undefined) return "";
  return `, after ${asked.length} request${asked.length === 1 ? "" : "s"} through ${first.probe}`;
}

/** What was planned and not done. */
export function declinedOf(incident: Incident): string[] {
  return eventsOf(incident, "declined").map(
    ({ payload: { what, why }, by, seq }) => `${what}: ${why}, ${by} (#${seq})`,
  );
}

/** Actions that are not a setting. */
export function actionsOf(incident: Incident): { action: string; argv: string; result: string }[] {
  const done = eventsOf(incident, "ran").filter(({ payload }) => payload.phase === "done");
  return done.map(({ payload: { action, argv, code, irreversible }, at, by, seq }) => ({
    action: `${action}${irreversible ? ", cannot be undone" : ""}`,
    argv: argv.join(" "),
    result: `${code === null ? "no exit code" : `exit ${code}`}, ${by}, ${cite(incident, at, seq)}`,
  }));
}

function sayEnd({ state, change, ended, endsAt, kept }: TrackedChange, incident: Incident): string {
  const { openedAt } = incident;
  if (state === "in-doubt") return "IN DOUBT";
  if (state === "not-applied") return "never reached production";
  if (change.undoes !== undefined) return `restored what ${change.undoes} had changed`;
  if (state === "ended")
    return ended === undefined
      ? "no longer live"
      : `${ended.how} ${cite(incident, ended.at, seqOfEnd(incident, change.id, ended.at))} by ${ended.by}`;
  if (kept !== undefined) return `still live, kept: ${kept}`;
  return endsAt === undefined
    ? "still live, no end"
    : `still live, until ${sayMoment(endsAt, openedAt)} (#${seqOf(incident, "extended", change.id) || seqOf(incident, "intended", change.id)})`;
}

/** What others made of it while it was live, and that it stood there again. */
function driftsOf(tracked: TrackedChange, incident: Incident): string[] {
  const { id } = tracked.change;
  const drifts = eventsOf(incident, "drifted").map(({ payload, at, seq }) => ({
    change: payload.change,
    seq,
    text: `${sayDrift({ ...tracked, drifted: { ...payload, at } }, incident.openedAt, sayMoment)!} (#${seq})`,
  }));
  const backs = eventsOf(incident, "restored").map(({ payload, at, seq }) => ({
    change: payload.change,
    seq,
    text: `as it was made again, ${cite(incident, at, seq)}`,
  }));
  const mine = [...drifts, ...backs].filter(({ change }) => change === id);
  return mine.toSorted((a, b) => a.seq - b.seq).map(({ text }) => text);
}

/** The record by which a change was no longer live: one about itself, or about the undo that replaced it. */
function seqOfEnd({ events, changes }: Incident, id: string, at: number): number {
  const over = new Set([id, ...changes.flatMap(({ change }) => (change.undoes === id ? [change.id] : []))]);
  const names = (payload: unknown) => over.has((payload as { change?: unknown } | null)?.change as string);
  return events.findLast((event) => event.at === at && names(event.payload))?.seq ?? 0;
}

function seqOf(incident: Incident, type: "intended" | "in-effect" | "helped" | "extended", id: string): number {
  const event = incident.events.findLast((e) => {
    const { change } = (e.payload ?? {}) as { change?: string | { id: string } };
    return e.type === type && (change === id || (typeof change === "object" && change.id === id));
  });
  return event?.seq ?? 0;
}
