import type { Desk } from "../engine/desk.ts";
import { exit, Interrupted, messageOf, type Changed, type ExitCode } from "../errors.ts";
import { sayMoved } from "../timeline/describe.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { owedBy } from "../timeline/restart.ts";

/**
 * Does `work` for somebody who may leave in the middle of it: then the timeline says so, and they are told exactly what
 * production carries because of the incident.
 */
export async function mayLeave<T>(desk: Desk, work: () => Promise<T>): Promise<T> {
  const { recorder, speaker } = desk;
  const since = recorder.incident.head.seq;
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    const before = recorder.incident;
    const note = fact("noted", { text: `left by ${sayCode(thrown.code)}${sayWhere(before)}` });
    await recorder.record(note).catch((failed: unknown) => {
      speaker.say(`! That you left could not be recorded: ${messageOf(failed)}`);
    });
    speaker.say(...sayCarried(before));
    throw new Interrupted(thrown.code, changedSince(since, before));
  }
}

function sayCode(code: ExitCode): string {
  if (code === exit.terminated) return "a signal (terminated)";
  return code === exit.hungUp ? "a terminal that was closed" : "Ctrl-C";
}

function sayWhere({ walked }: Incident): string {
  const open = [...walked.values()].findLast(({ outcome }) => outcome === undefined);
  return open === undefined ? "" : `, at "${open.title}"`;
}

function sayCarried(incident: Incident): string[] {
  const { id, kind, changes, events } = incident;
  const carried = changes.filter(({ state }) => state === "applied" || state === "in-doubt");
  const last = events.findLast(({ type }) => type === "ran")?.payload as Facts["ran"] | undefined;
  return [
    ...(carried.length === 0
      ? []
      : [`In ${kind === "drill" ? "the sandbox, which ends now," : "production"} because of ${id}:`]),
    ...carried.map(({ change, state }) => `  ${change.id}  ${sayMoved(change)}${state === "in-doubt" ? inDoubt : ""}`),
    ...[...new Set(changes.flatMap((tracked) => owedBy(tracked) ?? []))].map(
      (owed) => `  ${owed} was not restarted: those that read at their start go on with the value before`,
    ),
    ...(last === undefined || last.code === 0
      ? []
      : [`  ${last.action} did not end by itself: what it did is not known`]),
  ];
}

const inDoubt = ": IN DOUBT, it may or may not be there (llmops watch --once settles it by reading)";

function changedSince(seq: number, { changes, events }: Incident): Changed {
  const later = events.filter((event) => event.seq > seq);
  const intended = new Set(
    later.flatMap(({ type, payload }) => (type === "intended" ? [(payload as Facts["intended"]).change.id] : [])),
  );
  const mine = changes.filter(({ change }) => intended.has(change.id));
  const ran = later.filter(({ type }) => type === "ran").map(({ payload }) => payload as Facts["ran"]);
  if (mine.some(is("in-doubt")) || ran.at(-1)?.code === null) return "unknown";
  return mine.some(is("applied")) || mine.some(is("ended")) || ran.length > 0 ? "yes" : "no";
}

function is(wanted: TrackedChange["state"]): (tracked: TrackedChange) => boolean {
  return ({ state }) => state === wanted;
}
