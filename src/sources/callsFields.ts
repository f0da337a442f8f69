import type { Dimension } from "../timeline/scope.ts";

/** The fields of a call record (README "Call records") and how they are read. A dot is a nested object. */
export const callFields = {
  trace_id: "VARCHAR",
  call_id: "VARCHAR",
  env: "VARCHAR",
  region: "VARCHAR",
  route: "VARCHAR",
  tenant: "VARCHAR",
  tier: "VARCHAR",
  user_id: "VARCHAR",
  conversation_id: "VARCHAR",
  model: "VARCHAR",
  model_reported: "VARCHAR",
  provider: "VARCHAR",
  prompt_version: "VARCHAR",
  experiment: "VARCHAR",
  flags: "VARCHAR",
  status: "VARCHAR",
  "error.type": "VARCHAR",
  "error.message": "VARCHAR",
  "error.http_status": "DOUBLE",
  finish_reason: "VARCHAR",
  latency_ms: "DOUBLE",
  ttft_ms: "DOUBLE",
  retries: "DOUBLE",
  cache_hit: "BOOLEAN",
  "token_usage.prompt": "DOUBLE",
  "token_usage.completion": "DOUBLE",
  "token_usage.total": "DOUBLE",
  cost_usd: "DOUBLE",
  flagged: "BOOLEAN",
  sample_rate: "DOUBLE",
  prompt_snapshot: "VARCHAR",
  response_snapshot: "VARCHAR",
} as const;
export type CallField = keyof typeof callFields;

export function isCallField(word: string): word is CallField {
  return Object.hasOwn(callFields, word);
}

/** What an expression may name: a field, or `w` (how many calls a record stands for) and `window_s` (the window). */
export const columns: readonly string[] = [...Object.keys(callFields), "w", "window_s"];

export const fieldOf: Readonly<Record<Dimension, CallField>> = {
  route: "route",
  tenant: "tenant",
  user: "user_id",
  model: "model",
  provider: "provider",
  tier: "tier",
  env: "env",
  region: "region",
};
