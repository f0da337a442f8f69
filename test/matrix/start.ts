import type { Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Json } from "../../src/timeline/value.ts";

/** What is meant in every place of the matrix. */
export const scope: Scope = { route: "support.reply", user: "u-8841", tenant: "acme", model: "chat" };

/** What stands there before: a value that each mitigation has something to do to. */
export const start: Partial<Record<Setting, Json>> = {
  enabled: true,
  fallback_response: "error",
  model: "gpt-4o",
  provider: "openai",
  fallbacks: ["chat-small"],
  max_tokens: 4096,
  max_input_tokens: 128_000,
  timeout_ms: 60_000,
  max_retries: 3,
  retry_backoff: { base_ms: 400, max_ms: 10_000, jitter: false },
  circuit_breaker: false,
  rpm_limit: 6000,
  tpm_limit: 1_000_000,
  budget_usd_per_hour: 1000,
  prompt_version: "v15",
  system_prompt_suffix: "Answer in the user's language.",
  guardrails: true,
  cache: false,
  retrieval: true,
  "tools.track_parcel": true,
  trace_sample_rate: 0.1,
  deploys_frozen: false,
};

/** Who is blocked already. */
export const blocked = ["u-1", "u-2"];

/** Settings that are a value each, everywhere but in `blocked`. */
export const single = Object.keys(start) as Setting[];

/** As it stands in a text of its own. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
