import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** One LLM call as the gateway logs it, one line of JSON. Fields and their order are those of the `calls` source. */
export interface CallRecord {
  /** when the call was logged, ISO 8601 in UTC with milliseconds */
  timestamp: string;
  trace_id: string;
  call_id: string;
  env: string;
  region: string;
  route: string;
  tenant: string;
  tier: string;
  user_id: string;
  conversation_id: string;
  /** the model that was asked for, and what the provider says it served */
  model: string;
  model_reported: string | null;
  provider: string;
  prompt_version: string;
  experiment: string | null;
  /** names of the feature flags that were on */
  flags: string | null;
  /** refused: by the gateway (disabled, blocked, over its limit); error: by the provider; flagged: answered, but bad */
  status: "success" | "error" | "flagged" | "refused";
  error: { type: string; http_status: number } | null;
  /** "content_filter" when a guardrail stopped the answer */
  finish_reason: "stop" | "length" | "content_filter" | null;
  latency_ms: number;
  /** null: not streamed, or no token came */
  ttft_ms: number | null;
  /** attempts after the first */
  retries: number;
  cache_hit: boolean;
  token_usage: { prompt: number; completion: number; total: number };
  cost_usd: number;
  flagged: boolean;
  /** part of such calls that is logged */
  sample_rate: number;
  prompt_snapshot: string;
  response_snapshot: string | null;
}

/** The record of a call of which nothing has become yet. */
export function blankRecord(asked: Asked, settings: RouteSettings): CallRecord {
  const { luck, user, question } = asked;
  return {
    timestamp: new Date(asked.at).toISOString(),
    trace_id: luck.traceId,
    call_id: luck.callId,
    env: "production",
    region: user.tenant.region,
    route: asked.route,
    tenant: user.tenant.name,
    tier: user.tenant.tier,
    user_id: user.id,
    conversation_id: luck.conversationId,
    model: settings.model,
    model_reported: null,
    provider: settings.provider,
    prompt_version: settings.prompt_version,
    experiment: luck.experiment ? "tone-b" : null,
    flags: user.tenant.flags,
    status: "success",
    error: null,
    finish_reason: null,
    latency_ms: 0,
    ttft_ms: null,
    retries: 0,
    cache_hit: false,
    token_usage: { prompt: 0, completion: 0, total: 0 },
    cost_usd: 0,
    flagged: false,
    sample_rate: settings.trace_sample_rate,
    prompt_snapshot: question,
    response_snapshot: null,
  };
}
