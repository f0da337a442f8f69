import { start } from "./chain.ts";
import type { Alert, Event, Facts, IncidentClass, Plan, Severity, UnknownEvent } from "./event.ts";
import type { Measurement } from "./measurement.ts";
import type { Scope } from "./scope.ts";
import type { Change, Written } from "./setting.ts";
import type { Value } from "./value.ts";
import type { Steady } from "../world/clock.ts";

/**
 * Where a change stands.
 * in-doubt: intended, and not known to be written or not written · not-applied: certainly never reached production ·
 * applied: read back as wanted · ended: no longer live
 */
export type ChangeState = "in-doubt" | "not-applied" | "applied" | "ended";

/** One change with all that is known of it. */
export interface TrackedChange {
  change: Change;
  plan: Plan;
  step?: string;
  by: string;
  intendedAt: number;
  /** ms; after this a silent write can no longer arrive */
  deadlineMs: number;
  /** when it was intended, by the clock that nobody sets */
  steady?: Steady;
  writtenAt?: number;
  result?: Written;
  state: ChangeState;
  inEffect?: { verdict: "yes" | "no" | "unknown"; why: string; at: number };
  helped?: { verdict: "helped" | "not-enough" | "no-effect" | "unproven"; why: string; at: number };
  /** ms; from the plan, or as extended; undefined: has no end (kept, or an undo) */
  endsAt?: number;
  kept?: string;
  /** somebody else changed it while it was live: what was read (`at`, ms), and when it was last seen as it was made */
  drifted?: { live: Value; at: number; seenAt: number; by?: string; hint?: string };
  /** after a drift: when it was seen again as it was made, ms */
  restoredAt?: number;
  /** what its readers need, "deployment/llm-gateway", and were not seen to get: they may go on with the value before */
  restartOwed?: string;
  ended?: { how: string; at: number; by: string };
}

export interface Walked {
  runbook: string;
  kind: string;
  title: string;
  startedAt: number;
  /** undefined: not ended yet */
  outcome?: string;
  why?: string;
}

/** What stands of an incident without its readings, its walk and its notes: enough to list it, and for every change. */
export interface Outline {
  id: string;
  kind: "incident" | "change" | "drill";
  title: string;
  class: IncidentClass | null;
  severity: Severity | null;
  /** the severity that it was opened with */
  openedSeverity: Severity | null;
  state: "open" | "resolved" | "closed";
  scope: Scope;
  openedAt: number;
  openedBy: string;
  acknowledgedAt?: number;
  /** first change read back as applied */
  mitigatedAt?: number;
  resolvedAt?: number;
  closedAt?: number;
  alerts: Alert[];
  changes: TrackedChange[];
  /** change id → the plan that holds it */
  plans: Map<string, Plan>;
  /** change id → the requests that were sent to see its effect, ms of each */
  probed: Map<string, (Facts["probed"] & { at: number })[]>;
  /** records that hold what calls said and were not erased, ms of each */
  quoted: { seq: number; at: number }[];
  /** true when a newer version wrote here: this one must not change production for it */
  newer: boolean;
  /** what is wrong with its record, in words */
  damage: readonly string[];
}

/** What the events add up to. Everything shown, resumed, undone, counted or reported is read from here. */
export interface Incident extends Outline {
  /** runbook id → pinned text */
  pinned: Map<string, { origin: string; digest: string; text: string }>;
  /** where the walk starts */
  firstRunbook?: string;
  /** where the walk is */
  runbook?: string;
  /** "runbook/id" of evidence and steps → latest outcome; "skipped" for skipped steps */
  outcomes: Map<string, string>;
  /** "runbook/step" → how it went, in the order of the first start */
  walked: Map<string, Walked>;
  /** "runbook/step" → the answer that counts */
  answers: Map<string, { choice: string; label: string; proposed?: string }>;
  /** "runbook/id" → first and latest reading, and when the latest was recorded, ms */
  measurements: Map<string, { first: Measurement; last: Measurement; toldAt: number }>;
  /** what was reckoned last */
  spent?: Facts["spent"];
  notes: { at: number; by: string; text: string }[];
  /** all events, in order */
  events: (Event | UnknownEvent)[];
  head: { seq: number; hash: string };
}

/** Before its first fact. */
export function begin(first: Event | UnknownEvent | undefined, damage: readonly string[]): Incident {
  return {
    id: first?.incident ?? "",
    kind: "incident",
    title: "",
    class: null,
    severity: null,
    openedSeverity: null,
    state: "open",
    scope: {},
    openedAt: first?.at ?? 0,
    openedBy: first?.by ?? "",
    alerts: [],
    pinned: new Map(),
    outcomes: new Map(),
    walked: new Map(),
    answers: new Map(),
    measurements: new Map(),
    changes: [],
    plans: new Map(),
    probed: new Map(),
    quoted: [],
    notes: [],
    events: [],
    newer: false,
    damage,
    head: start,
  };
}
