import type { Blast } from "./blast.ts";
import type { QuotedCall, SampledCall } from "./sample.ts";
import type { ProbeCheck, Probed } from "./probe.ts";
import type { Dimension, Scope } from "./scope.ts";
import type { Change, Written } from "./setting.ts";
import type { Measurement } from "./measurement.ts";
import type { Value } from "./value.ts";
import type { Healthy } from "./verdict.ts";
import type { Steady } from "../world/clock.ts";
import type { Reach } from "../world/reach.ts";

export type Severity = "SEV1" | "SEV2" | "SEV3" | "SEV4";
export const severities = ["SEV1", "SEV2", "SEV3", "SEV4"] as const;
export const incidentClasses = ["availability", "latency", "quality", "safety", "cost"] as const;
export type IncidentClass = (typeof incidentClasses)[number];

/** One alert as its source tells it; times in ms since 1970. */
export interface Alert {
  name: string;
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt?: number;
  fingerprint?: string;
  generator?: string;
}

/** How one sees that a change is in effect: by a signal, or by one request. */
export type EffectCheck = SignalCheck | ProbeCheck;

/** A signal for a scope must be inside a bound. */
export interface SignalCheck {
  /** which change of the plan it shows, from 0; left out: the first */
  of?: number;
  signal: string;
  scope: Scope;
  healthy: Healthy;
}

/** Looks like a slip: why, and what must be typed to mean it. */
export interface Odd {
  why: string;
  type: string;
}

/** What was found where a change is to be made. */
export interface PlannedRead {
  /** who answered, in the other side's words */
  identity: string;
  /** ms */
  at: number;
  conditional: boolean;
  enforced: boolean;
  settles: number;
  /** the environment that the server itself said it is, where the project wants it checked: "production" */
  place?: string;
  /** changes that are live on the lever already, of any incident, from the bottom up, with what each made of it */
  beneath?: { incident: string; change: string; after?: Value }[];
  /** what one must know before changing it, as the target tells it */
  notes?: string[];
  /** what is restarted after the write, so that its readers see it: "deployment/llm-gateway" */
  restart?: string;
  /** the command that does it */
  restartByHand?: string;
}

/** What is read only at a start, "deployment/llm-gateway", and the target whose levers it reads. */
export interface Restarted {
  target: string;
  what: string;
}

/** What the person agreed to, whole: shown, confirmed, recorded. */
export interface Plan {
  /** one lever each, all of one setting at one target, made in this order */
  changes: Change[];
  /** for each change */
  reads: PlannedRead[];
  /** asked for as `*`: every value of these that the target lists */
  all?: Dimension[];
  odd?: Odd[];
  /** dimensions of the asked scope that the lever does not have, with how many values each has where known */
  wider: { dimension: Dimension; lever: string; values?: number }[];
  /** when its time is over (ms), what then, and who will do it: "by llmops watch on laptop", or "by hand" and why */
  ends?: { at: number; how: "undo" | "remind"; by: string };
  effects: EffectCheck[];
  /** what is known of the models that it moves to, beside what flows now: "gpt-4o-mini: a prompt may have 128,000 tokens" */
  preflight?: string[];
  /** what did not fit, and why it is done all the same */
  forced?: { why: string[]; reason: string };
  /** the step's `verify`: evidence id → wanted outcomes, as in the condition grammar */
  verify?: unknown;
  withinMs: number;
  reason: string;
}

/** Everything that can be said on a timeline: type → payload. A closed union; readers switch over it exhaustively. */
export interface Facts {
  opened: {
    kind: "incident" | "change" | "drill";
    title: string;
    class: IncidentClass | null;
    severity: Severity | null;
    scope: Scope;
    /** the program's version */
    version: string;
  };
  /** the text of a runbook as it was when the incident began; `first` is where the walk starts */
  pinned: { runbook: string; origin: string; digest: string; text: string; first: boolean };
  scoped: { scope: Scope; why: string };
  alert: Alert;
  check: { name: string; kind: string; reach: Reach };
  measured: { measurement: Measurement; late?: true };
  /** how the change of one signal divides, at the start and again at the end; each dimension by itself */
  blast: { when: "start" | "end"; blasts: Blast[] };
  /** calls that were looked at, or would have been were somebody there; `of`: the rule, `from` and `to` in ms */
  sampled: { of: string; source: string; from: number; to: number; calls: SampledCall[] };
  /** what they say, where the project keeps it: its own record, so that it can be erased and the marks stay */
  quoted: { calls: QuotedCall[] };
  asked: { question: string; choices: { value: string; label: string }[]; proposed?: string; why?: string };
  answered: { choice: string; label: string; proposed?: string };
  "step-started": { runbook: string; kind: string; title: string };
  "step-ended": { outcome: string; why?: string };
  skipped: { reason: string };
  noted: { text: string };
  acknowledged: Record<string, never>;
  severity: { from: Severity | null; to: Severity; reason: string };
  role: { role: string; person: string };
  "handed-off": { to: string; note: string };
  planned: { plan: Plan };
  /** `restarted`: a person says that it needs no restart any more */
  declined: { what: string; why: string; restarted?: Restarted };
  /** about to leave for production */
  intended: { change: Change; deadlineMs: number; steady?: Steady };
  written: { change: string; result: Written };
  "read-back": {
    change: string;
    value: Value | null;
    version: string | null;
    as: "applied" | "not-applied" | "other" | "unreadable";
    why?: string;
  };
  /** an intent in doubt, decided later from what was recorded and what is live */
  settled: { change: string; as: "applied" | "not-applied" | "other"; live: Value; why: string };
  /** a request was sent to see whether a change is in effect; `before`: right before its write, to compare with */
  probed: Probed & { change: string; when: "before" | "after" };
  "in-effect": { change: string; verdict: "yes" | "no" | "unknown"; why: string; measurements: Measurement[] };
  helped: {
    change: string;
    verdict: "helped" | "not-enough" | "no-effect" | "unproven";
    why: string;
    measurements: Measurement[];
  };
  /** no longer live without an undo of ours (an applied undo ends its change by itself) */
  ended: { change: string; how: "superseded" | "reverted-by-others" | "replaced-by-others"; why: string };
  /** somebody else changed what a live change had made; `seenAt` (ms): when it was still there */
  drifted: { change: string; live: Value; seenAt: number; by?: string; hint?: string };
  /** what a drifted change had made stands there again */
  restored: { change: string; live: Value };
  /**
   * US dollars from `from` to `to` (ms): what was spent, what of it is above usual (where that is known), the rate at the
   * end, and what each change avoided; all estimated
   */
  spent: {
    from: number;
    to: number;
    usd: number;
    above?: number;
    perHour: number;
    avoided: { change: string; usd: number }[];
  };
  kept: { change: string; reason: string };
  extended: { change: string; until: number; reason: string };
  sent: { to: string; ok: boolean; text: string; why?: string };
  escalated: { level: number; to: string; ok: boolean; why?: string };
  ran: {
    action: string;
    argv: string[];
    code: number | null;
    output: string;
    irreversible: boolean;
    phase: "intended" | "done";
    /** what was to be started anew by it */
    restarted?: Restarted;
  };
  resolved: { note: string };
  closed: { note: string; head: string };
  corrected: { seq: number; text: string };
  erased: { seq: number; reason: string };
  /** a damaged tail that was set aside */
  torn: { file: string; bytes: number };
}

export type FactType = keyof Facts;

/** What somebody wants to say: not yet on the timeline. */
export type Fact = { [T in FactType]: { type: T; payload: Facts[T]; step?: string } }[FactType];

interface Envelope {
  v: 1;
  incident: string;
  /** 1, 2, 3 … without gaps */
  seq: number;
  /** ms since 1970, from the writer's wall clock: order is `seq`, never this */
  at: number;
  by: string;
  host: string;
  /** "runbook/step" or "runbook/evidence" */
  step?: string;
  /** SHA-256 (hex) of the payload as JSON */
  digest: string;
  /** SHA-256 (hex) of the event before, without its payload; "" for the first */
  prev: string;
}

/** One fact on the timeline. */
export type Event = { [T in FactType]: Envelope & { type: T; payload: Facts[T] } }[FactType];

/** A line that a newer version wrote, or (`damaged`) one that is not as it was written: kept, shown, not believed. */
export type UnknownEvent = Omit<Envelope, "v"> & { v: number; type: string; payload: unknown; damaged?: true };

export function fact<T extends FactType>(type: T, payload: Facts[T], step?: string): Fact {
  return (step === undefined ? { type, payload } : { type, payload, step }) as Fact;
}
