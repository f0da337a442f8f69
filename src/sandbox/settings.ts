import { models, routes } from "./catalogue.ts";

/** The settings of one route, as the config API serves them. */
export interface RouteSettings {
  enabled: boolean;
  /** what users see while it is off: "error", "cached", "rules", "message", or a message of one's own */
  fallback_response: FallbackResponse;
  model: string;
  /** one that does not serve the model is passed over for the model's own */
  provider: string;
  /** models that are asked in this order when the first one fails */
  fallbacks: string[];
  /** tokens of one answer, and of one prompt: what is longer is cut */
  max_tokens: number;
  max_input_tokens: number;
  /** of a whole call with all its attempts */
  timeout_ms: number;
  /** attempts after the first */
  max_retries: number;
  retry_backoff: { base_ms: number; max_ms: number; jitter: boolean };
  circuit_breaker: boolean | { failures: number; cooldown_ms: number };
  /** per minute over all tenants: calls, and tokens in and out */
  rpm_limit: number;
  tpm_limit: number;
  /** over the last sixty minutes */
  budget_usd_per_hour: number;
  cache: boolean;
  prompt_version: string;
  /** lines behind the system prompt */
  system_prompt_suffix: string;
  /** true: answers are checked; a name or level: so are prompts */
  guardrails: boolean | string;
  retrieval: boolean | "degraded";
  tools: Record<string, boolean>;
  /** part of the calls that is logged */
  trace_sample_rate: number;
  owner: string;
  note: string;
}
export type FallbackResponse = (typeof fallbackAnswers)[number] | { answer: "message"; text: string };
export const fallbackAnswers = ["error", "message", "cached", "rules"] as const;

export interface Settings {
  routes: Record<string, RouteSettings>;
  blockedUsers: string[];
  deploys: { frozen: boolean };
}

export function usualSettings(): Settings {
  const entries = Object.entries(routes).map(([name, route]): [string, RouteSettings] => [
    name,
    {
      enabled: true,
      fallback_response: "error",
      model: route.model,
      provider: models[route.model]!.provider,
      fallbacks: [],
      max_tokens: 4096,
      max_input_tokens: 128_000,
      timeout_ms: 60_000,
      max_retries: 2,
      retry_backoff: { base_ms: 400, max_ms: 10_000, jitter: false },
      circuit_breaker: false,
      rpm_limit: 6000,
      tpm_limit: 100_000_000,
      budget_usd_per_hour: 10_000,
      cache: route.cacheable > 0,
      prompt_version: route.promptVersion,
      system_prompt_suffix: "",
      guardrails: true,
      retrieval: route.retrieved > 0,
      tools: Object.fromEntries(Object.keys(route.tools).map((tool) => [tool, true])),
      trace_sample_rate: 1,
      owner: route.owner,
      note: `ask ${route.owner} before changing this`,
    },
  ]);
  return { routes: Object.fromEntries(entries), blockedUsers: [], deploys: { frozen: false } };
}

/** The settings with a provider that does serve the model. */
export function onItsProvider(settings: RouteSettings): RouteSettings {
  const { provider, standby } = models[settings.model]!;
  return settings.provider === standby ? settings : { ...settings, provider };
}
