import { formatDuration } from "../duration.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayDate } from "../timeline/moment.ts";
import { sayScope } from "../timeline/scope.ts";
import { gapsOf } from "./gaps.ts";
import { blastOf, changedBefore, costOf, evidenceOf, worstOf, type EvidenceRow } from "./impact.ts";
import { actionsOf, declinedOf, mitigationsOf, type MitigationRow } from "./mitigations.ts";
import { byKey, cite, isUnread, readingsOf } from "./record.ts";
import { communicationOf, ends, samplesOf, storyOf, triageOf, type Answered, type StoryRow } from "./story.ts";
import { detectionOf, durationOf, momentsOf, type Moment } from "./times.ts";

/** All that a postmortem template can say. Plain texts, not yet escaped; every figure names its record as `#seq`. */
export interface PostmortemFacts {
  id: string;
  title: string;
  kind: string;
  class: string | null;
  severity: string | null;
  state: string;
  scope: string;
  date: string;
  duration: string;
  moments: Moment[];
  detection: string[];
  /** what was changed just before it began */
  changedBefore: string[];
  worst: string[];
  cost: string | null;
  blast: string[];
  timeline: StoryRow[];
  leftOut: number;
  /** how many rows of a very long timeline are missing in its middle */
  timelineCut: number | null;
  evidence: EvidenceRow[];
  queries: { id: string; query: string; source: string }[];
  triage: Answered[];
  mitigations: MitigationRow[];
  declined: string[];
  actions: { action: string; argv: string; result: string }[];
  gaps: string[];
  samples: { what: string; when: string; rows: string[] }[];
  notes: { at: string; by: string; text: string }[];
  notesCut: number | null;
  communication: { at: string; what: string }[];
  followUps: string[];
  records: number;
  head: string;
}

/** Pure: the same events give the same facts. `followUps`: what the runbook suggests, nobody agreed to it yet. */
export function postmortemFacts(incident: Incident, followUps: readonly string[]): PostmortemFacts {
  const { id, title, kind, severity, state, scope, openedAt, events, head } = incident;
  const { rows, leftOut, cut } = storyOf(incident);
  const notes = ends(incident.events.filter(({ type, payload }) => type === "noted" && payload !== null));
  return {
    id,
    title,
    kind,
    class: incident.class,
    severity,
    state,
    scope: sayScope(scope),
    date: `${sayDate(openedAt)} (#1)`,
    duration: durationOf(incident),
    moments: momentsOf(incident),
    detection: detectionOf(incident),
    changedBefore: changedBefore(incident),
    worst: worstOf(incident),
    cost: costOf(incident),
    blast: blastOf(incident),
    timeline: rows,
    leftOut,
    timelineCut: cut,
    evidence: evidenceOf(incident),
    queries: queriesOf(incident),
    triage: triageOf(incident),
    mitigations: mitigationsOf(incident),
    declined: declinedOf(incident),
    actions: actionsOf(incident),
    gaps: gapsOf(incident),
    samples: samplesOf(incident),
    notes: notes.kept.map(({ at, seq, by, payload }) => ({
      at: cite(incident, at, seq),
      by,
      text: (payload as { text: string }).text,
    })),
    notesCut: notes.cut,
    communication: communicationOf(incident),
    followUps: [...followUps],
    records: events.length,
    head: head.hash,
  };
}

/** What is needed to read it again by hand. */
function queriesOf(incident: Incident): PostmortemFacts["queries"] {
  return byKey(readingsOf(incident)).flatMap(([, [first]]) => {
    const { measurement: m, seq } = first!;
    return isUnread(m)
      ? []
      : [{ id: m.id, query: m.query, source: `${m.source}, ${formatDuration(m.windowMs)}, #${seq}` }];
  });
}
