import type { Action } from "../actions/action.ts";
import type { Patterns } from "../patterns/patterns.ts";
import type { Facts as ModelFacts, Route } from "../models/facts.ts";
import type { Probe } from "../probes/probe.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Call, Source } from "../sources/source.ts";
import type { Target } from "../targets/target.ts";
import type { Fact, Plan } from "../timeline/event.ts";
import type { Incident, Outline } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { ProbeCheck, Probed } from "../timeline/probe.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Lease, Taken } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import type { Condition } from "./condition.ts";

export interface Question {
  question: string;
  choices: { value: string; label: string }[];
  proposed?: string;
  why?: string;
  /** single keys that answer, too, each with itself; they stand before the walk's own of the same letter */
  keys?: Readonly<Record<string, string>>;
  /** what is returned when an answers file is silent: nothing may change by it; without it silence is an error */
  otherwise?: string;
}

/** What is laid out by who knows the screen; redacted and harmless there. */
export interface Show {
  /** "fit": the beginning of its texts, as much as one screen holds */
  call(call: Call, at: { name: string; says: string }, how: "fit" | "whole"): void;
  patterns(patterns: Patterns): void;
}

/**
 * What a step may do. People are asked through here only, so that the same step walks at a keyboard, from an answers
 * file and in a test. Skipping, going back and interrupting leave the step by throwing; a step needs no care for it.
 */
export interface Context {
  world: World;
  /** the fold, always the latest */
  readonly incident: Incident;
  /** id of the runbook that is walked */
  runbook: string;
  /** what is meant: the incident's scope, or that of a single change */
  readonly scope: Scope;
  /** all incidents of the store with this one, for what lies on the same lever */
  incidents(): Promise<Outline[]>;
  /** records in another incident of the store */
  recordIn(incident: string, ...facts: Fact[]): Promise<void>;
  /** the names of a dimension that the project file knows */
  names(dimension: Dimension): string[];
  /** makes sure that nobody else of this store writes to the same place in production; or who does, in words */
  hold(place: string): Promise<Lease | Taken>;
  /** targets by name, opened on first use */
  targets(): { name: string; open(): Promise<Target> }[];
  /** sources by name, opened on first use */
  sources(): { name: string; open(): Promise<Source> }[];
  /** texts of calls may be kept for a while */
  keepText: boolean;
  /** HMAC-SHA-256 (hex) under the key of the store */
  fingerprint(text: string): Promise<string>;
  /** shows what strangers wrote, so that it cannot be taken for our own words */
  show: Show;
  /** the project's `defaults` for a mitigation kind, without `for` */
  defaults(mitigation: string): Record<string, unknown>;
  /** the project's default time a change lasts, ms */
  defaultForMs: number | undefined;
  /** what is not a state, by name */
  actions: Record<string, Action>;
  /** who will act when a change's time is over, in words, as it is now */
  watcher(): Promise<string>;
  /** false: the project has no source, and no proof can be had by measuring */
  canMeasure: boolean;
  /** reads anew and records nothing; `sinceMs`: the window must not reach before this time */
  measure(id: string, ask: EvidenceAsk, scope?: Scope, sinceMs?: number): Promise<Measurement>;
  /** the project's probe that goes through what a target configures */
  probeFor(target: string): Probe | undefined;
  /** sends one request; left out: none may be sent now (a dry run) */
  probe?: ((check: ProbeCheck, deadlineMs?: number) => Promise<Probed>) | undefined;
  /** what is known of models: the shipped catalogue with what the project says over it */
  models(): Promise<ReadonlyMap<string, ModelFacts>>;
  /** what the project says of a route */
  route(name: string): Route | undefined;
  /** `--force`: why a switch that does not fit is made all the same */
  force?: string;
  /** evidence of the runbook by id */
  evidence(id: string): EvidenceAsk | undefined;
  /** latest outcome of an evidence or step of the walked runbook */
  outcome(id: string): string | undefined;
  /** does the condition hold on the latest outcomes; waits for steps it names that are still settling */
  holds(condition: Condition): Promise<boolean>;
  choose(question: Question): Promise<string>;
  line(question: string): Promise<string>;
  /** the value of a dimension that a lever needs and the scope lacks; `known`: candidates, likeliest first */
  pick(dimension: Dimension, known: { name: string; note?: string }[]): Promise<string>;
  /** nobody is there to read what is said before a question */
  unattended: boolean;
  /** `--dry-run`: plans are shown and never agreed to */
  onlyShown: boolean;
  /** the plan was recorded and shown; true: the person (or the answers) consented */
  consent(plan: Plan): Promise<boolean>;
  /** shows lines that are no fact: what to do by hand */
  say(...lines: readonly string[]): void;
  /** true: neither what somebody else holds nor a write that may still arrive is waited for; it is left for another time */
  impatient?: true;
  /** waits, or until somebody presses a key */
  pause(text: string, ms: number): Promise<"elapsed" | "key">;
  /** as `pause`, while nothing is held or under way: a key that is a command is carried out, any other is told */
  idle(what: string, ms: number): Promise<"elapsed" | "key">;
  /** why, for the record: the step's title, or what `--reason` said */
  reason: string;
  /** narrows to one target by name */
  target?: string;
}
