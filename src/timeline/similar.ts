import { sayDuration } from "../duration.ts";
import type { Incident, Outline, TrackedChange } from "./incident.ts";
import { sayDate } from "./moment.ts";
import { sayScope } from "./scope.ts";

/** A past incident that was like this one. */
export interface Similar {
  incident: Outline;
  /** "the same alert", "the same class and evidence" */
  why: string;
  rank: number;
}

/** So many are looked at closer. */
const mostCandidates = 8;

/** Those of the same alert, else of the same class, the latest first: who may be like it, before their evidence is read. */
export function candidatesFor(now: Outline, past: readonly Outline[]): Outline[] {
  const alerts = new Set(now.alerts.map(({ name }) => name));
  const isSame = (one: Outline) => one.alerts.some(({ name }) => alerts.has(name));
  return past
    .filter((one) => one.id !== now.id && one.kind === now.kind && one.openedAt < now.openedAt && one.state !== "open")
    .filter((one) => isSame(one) || (one.class !== null && one.class === now.class))
    .toSorted((a, b) => Number(isSame(b)) - Number(isSame(a)) || b.openedAt - a.openedAt)
    .slice(0, mostCandidates);
}

/** The likest first: by alert, by class, and by which evidence was unhealthy at the start of both. */
export function rankSimilar(now: Incident, candidates: readonly Incident[]): Similar[] {
  const alerts = new Set(now.alerts.map(({ name }) => name));
  return candidates
    .map((incident): Similar => {
      const alert = incident.alerts.some(({ name }) => alerts.has(name));
      const likeness = overlap(unhealthyAtFirst(now), unhealthyAtFirst(incident));
      const evidence = likeness >= 0.5;
      const words = [alert ? "alert" : "class", ...(evidence ? ["evidence"] : [])].join(" and ");
      return { incident, why: `the same ${words}`, rank: (alert ? 2 : 0) + likeness };
    })
    .filter(({ rank }) => rank >= 0.5)
    .toSorted((a, b) => b.rank - a.rank || b.incident.openedAt - a.incident.openedAt);
}

/** "Seen before: INC-1102-9k2m on 2026-11-02, the same alert and evidence; token-clamp on route support.reply helped; resolved after 41m." */
export function saySimilar([first, ...more]: readonly Similar[]): string | undefined {
  if (first === undefined) return undefined;
  const { incident, why } = first;
  const tried = [...new Set(incident.changes.filter(isTold).map(sayTried))];
  const { openedAt, resolvedAt } = incident;
  const ended = resolvedAt === undefined ? [] : [`resolved after ${sayDuration(Math.max(0, resolvedAt - openedAt))}`];
  const words = [why, ...(tried.length === 0 ? ["nothing was changed"] : tried.slice(0, 3)), ...ended].join("; ");
  const others =
    more.length === 0
      ? ""
      : ` Also ${more
          .slice(0, 2)
          .map(({ incident: { id } }) => id)
          .join(", ")}.`;
  return `Seen before: ${incident.id} on ${sayDate(openedAt)}, ${words}.${others}`;
}

function isTold({ change, state }: TrackedChange): boolean {
  return change.undoes === undefined && state !== "not-applied";
}

function sayTried({ change, helped }: TrackedChange): string {
  const verdicts = {
    helped: "helped",
    "not-enough": "did not help enough",
    "no-effect": "had no effect",
    unproven: "is unproven",
  };
  const said = helped === undefined ? "was tried" : verdicts[helped.verdict];
  return `${change.mitigation} on ${sayScope(change.scope)} ${said}`;
}

function unhealthyAtFirst({ measurements }: Incident): Set<string> {
  const ids = [...measurements.values()].flatMap(({ first }) =>
    first.verdict === "unhealthy" ? [first.signal ?? first.id] : [],
  );
  return new Set(ids);
}

/** Of all that is in one of them, what is in both: 0..1. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const all = new Set([...a, ...b]);
  return all.size === 0 ? 0 : [...a].filter((one) => b.has(one)).length / all.size;
}
