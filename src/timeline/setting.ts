import type { Dimension, Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** What can be changed about a scope, in our own words. `tools.<name>` exists beside these. */
export const settings = [
  "enabled",
  "fallback_response",
  "model",
  "provider",
  "fallbacks",
  "max_tokens",
  "max_input_tokens",
  "timeout_ms",
  "max_retries",
  "retry_backoff",
  "circuit_breaker",
  "rpm_limit",
  "tpm_limit",
  "budget_usd_per_hour",
  "prompt_version",
  "system_prompt_suffix",
  "guardrails",
  "cache",
  "retrieval",
  "blocked",
  "trace_sample_rate",
  "deploys_frozen",
] as const;
export type Setting = (typeof settings)[number] | `tools.${string}`;

export function isSetting(word: string): word is Setting {
  return (settings as readonly string[]).includes(word) || /^tools\..+/.test(word);
}

/** A setting as one target offers it. */
export interface Lever {
  setting: Setting;
  /** the dimensions its address names: what it can really be narrowed to */
  scope: Dimension[];
  /** true: writes are conditional on the version read; false: compare, then write ("best effort") */
  conditional: boolean;
  /** ms from a write until every reader is expected to follow it */
  settles: number;
  /** false: the target only records the wish ("recorded only") */
  enforced: boolean;
  /** what its readers need after a write, "deployment/llm-gateway": they read the value when they start */
  restart?: string;
  /** the command that does it */
  restartByHand?: string;
}

/** On whose behalf a change is made, for a config API that keeps such a thing: a commit, an audit log. Never a secret. */
export interface Cause {
  incident: string;
  /** why, in the words of who made it */
  reason: string;
  by: string;
}

/** One lever moved once. A plan is `Change[]`. */
export interface Change {
  /** "m1", unique in the incident */
  id: string;
  mitigation: string;
  /** name of the target in the project */
  target: string;
  setting: Setting;
  /** the scope that the lever really covers */
  scope: Scope;
  before: Value;
  after: Value;
  /** what the target told with the read, handed back with the write */
  version: string | null;
  /** it makes the list that holds it: whoever undoes it takes that away again, unless others are in it by then */
  makes?: true;
  /** this change restores what the change with this id had before */
  undoes?: string;
}

/** The answer to a write: data, never thrown. */
export type Written =
  | { written: true; version: string | null }
  /** not applied: the live value or version is another than the one read */
  | { conflict: true; live: Value | null; why: string }
  /** certainly not applied; `next`: what the reader can do about it */
  | { refused: true; why: string; next?: string }
  /** may have been applied; `pending`: the other side said that it will be, later */
  | { unknown: true; why: string; next?: string; pending?: true };
