import type { z } from "zod";
import type { LogLabel } from "../queries/logLabel.ts";
import type { Language, Query } from "../timeline/query.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Reach } from "../world/reach.ts";
import type { World } from "../world/world.ts";

export type { Language, Query };

/** `value` may be NaN or ±Inf: the reader of a verdict decides what that means. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** Points in ascending time; `at` in ms. Steps without data are left out. They may be made when they are asked for. */
export interface Series {
  labels: Record<string, string>;
  readonly points: { at: number; value: number }[];
}

export type Answer<T> =
  | { data: T; warnings: string[]; ms: number }
  /** plain words, harmless, shortened */
  | { error: string; ms: number };

/** One log line or span, as the source gives it: not yet harmless, not yet redacted. `at` in ms. */
export interface Line {
  at: number;
  text: string;
  labels: Record<string, string>;
}

/** Which calls a person should look at. */
export const callRules = ["failed", "flagged", "expensive", "slow", "random"] as const;
export type CallRule = (typeof callRules)[number];

/** One LLM call as far as the source knows it: not yet harmless, not yet redacted. */
export interface Call {
  id: string;
  /** several calls of one trace are one agent run */
  trace?: string;
  /** ms since 1970 */
  at: number;
  scope: Scope;
  status?: string;
  error?: string;
  finish?: string;
  latencyMs?: number;
  tokensIn?: number;
  tokensOut?: number;
  costUsd?: number;
  promptVersion?: string;
  /** as the provider names what answered */
  modelReported?: string;
  prompt?: string;
  response?: string;
}

/** From `from` to `to` (ms), narrowed to a scope; at most `limit`. */
export interface Range {
  scope: Scope;
  from: number;
  to: number;
  limit: number;
}

/** What somebody or something used: weighted, so that a sampled record counts as the calls it stands for. */
export interface Consumer {
  /** a trace with many calls is an agent that goes round in circles */
  dimension: "user" | "tenant" | "route" | "model" | "prompt_version" | "trace";
  /** as the source has it: not yet harmless */
  name: string;
  calls: number;
  tokens: number;
  /** USD */
  cost: number;
  /** 0..1 of the cost of all; of the tokens where no cost is known, of the calls where neither is */
  share: number;
}

/** A model that was asked for began to be answered by another one, as the provider names it: not yet harmless. */
export interface Renamed {
  model: string;
  before: string;
  now: string;
  /** of the first call that was answered so, ms */
  at: number;
}

export type LogLabels = Readonly<Partial<Record<Dimension, LogLabel>>>;

/** Where we read. Never throws for what the other side does. At most 20 requests in flight for each source. */
export interface Source {
  kind: string;
  /** label → value, to be added to every selector that is sent here (PromQL only) */
  match?: Readonly<Record<string, string>>;
  /** where its lines have a dimension, for `rewriteLogql` and `rewriteLogsql` (LogQL and LogsQL only) */
  labels?: LogLabels;
  instant(query: Query, at: number): Promise<Answer<Sample[]>>;
  /** evaluated at from, from+resolution, …, to (inclusive); all ms */
  range(query: Query, from: number, to: number, resolution: number): Promise<Answer<Series[]>>;
  /** calls by rule, the most telling first (random: evenly spread); only where the source holds calls */
  calls?(of: CallRule, range: Range): Promise<Answer<Call[]>>;
  /** who and what uses most, for each dimension the greatest share first, at most `limit` of each */
  consumers?(range: Range): Promise<Answer<Consumer[]>>;
  /** error texts, newest first; a source that holds calls gives their error messages, with the call's id as label `call` */
  errors?(range: Range): Promise<Answer<Line[]>>;
  /** after `from` until `to` (ms), newest first; only where the source holds calls */
  renamed?(from: number, to: number): Promise<Answer<Renamed[]>>;
  /** `language: "signal"` only: the signals it computes, each with the dimensions it can be narrowed to and split by */
  readonly signals?: ReadonlyMap<string, readonly Dimension[]>;
  /**
   * stores of metrics: the values that a label had between from and to (ms), of one metric where that is named; those of
   * `__name__` are the metrics. As they come: not yet harmless
   */
  values?(label: string, of: { from: number; to: number; metric?: string }): Promise<Answer<string[]>>;
  /** is it there and does it answer; for `reach` and `doctor` */
  check(): Promise<Reach>;
  close(): Promise<void>;
}

export interface SourceKind<Settings = unknown> {
  kind: string;
  language: Language;
  summary: string;
  /** zod schema of its settings in `llmops.yaml` */
  schema: z.ZodType<Settings>;
  /** settings as YAML, for documentation and tests */
  example: string;
  /** `folder`: the project file's folder, for relative paths */
  open(settings: Settings, world: World, folder: string): Source;
}
