import { attempt } from "./attempt.ts";
import type { Breaker } from "./breaker.ts";
import { models, routes } from "./catalogue.ts";
import { draft } from "./draft.ts";
import type { Effect } from "./fault.ts";
import { blankRecord } from "./record.ts";
import { served, type Served } from "./served.ts";
import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

export interface Refusal {
  type: "route_disabled" | "user_blocked" | "rate_limited" | "budget_exceeded" | "guardrail";
  http_status: 503 | 403 | 429;
}

/** What a call depends on besides the settings: what the faults do to a model at a provider, and who failed too often. */
export interface Conditions {
  effectOn(settings: RouteSettings): Effect;
  breaker: Breaker;
}

/** The gateway itself says no; no provider is asked. */
export function refuse(asked: Asked, settings: RouteSettings, error: Refusal): Served {
  const response_snapshot = error.type === "route_disabled" ? insteadOf(asked, settings) : null;
  return served({ ...blankRecord(asked, settings), status: "refused", error, latency_ms: 2, response_snapshot });
}

/** A model (or the cache) answers, or all that are asked fail; none for longer than the timeout. */
export function answer(asked: Asked, settings: RouteSettings, { effectOn, breaker }: Conditions): Served {
  const route = routes[asked.route]!;
  const { said, ...judged } = draft(asked, settings, effectOn(settings));
  if (typeof settings.guardrails === "string" && judged.violated)
    return refuse(asked, settings, { type: "guardrail", http_status: 403 });
  if (settings.cache && asked.luck.cached < route.cacheable) {
    const record = { ...blankRecord(asked, settings), ...said };
    return served({ ...record, cache_hit: true, latency_ms: 35, ttft_ms: route.streams ? 30 : null }, judged);
  }
  const all: Served[] = [];
  for (const [nth, model] of [settings.model, ...settings.fallbacks].entries()) {
    const mine = nth === 0 ? settings : { ...settings, model, provider: models[model]!.provider };
    const made = breaker.isOpen(mine, asked) ? skip(asked, mine) : attempt(asked, mine, effectOn(mine), nth);
    breaker.tell(mine, asked, made);
    all.push(made);
    if (made.record.error === null) break;
  }
  return cutOff(together(all), settings);
}

/** Nothing is asked of a provider that failed too often. */
function skip(asked: Asked, settings: RouteSettings): Served {
  const error = { type: "circuit_open", http_status: 503 };
  return served({ ...blankRecord(asked, settings), status: "error", error, latency_ms: 3 });
}

/** The model that answered, else the first, with what was lost on all of them. */
function together(all: readonly Served[]): Served {
  const [first] = all as [Served, ...Served[]];
  if (all.length === 1) return first;
  const last = all.at(-1)!;
  const { record, ...judged } = last.record.error === null ? last : first;
  const tries = all.flatMap((one) => one.tries);
  const latency_ms = all.reduce((sum, one) => sum + one.record.latency_ms, 0);
  const ttft_ms = record.ttft_ms === null ? null : record.ttft_ms + latency_ms - record.latency_ms;
  const retries = Math.max(0, tries.reduce((sum, { attempts }) => sum + attempts, 0) - 1);
  return { ...judged, record: { ...record, retries, latency_ms, ttft_ms }, tries };
}

function cutOff(whole: Served, { timeout_ms }: RouteSettings): Served {
  const { record, tries } = whole;
  if (record.latency_ms <= timeout_ms) return whole;
  const { prompt } = record.token_usage;
  const cut = {
    ...record,
    model_reported: null,
    status: "error" as const,
    error: { type: "timeout", http_status: 504 },
    finish_reason: null,
    latency_ms: timeout_ms,
    ttft_ms: null,
    token_usage: { prompt, completion: 0, total: prompt },
    cost_usd: 0,
    flagged: false,
    response_snapshot: null,
  };
  return served(cut, { tries });
}

/** What users of a route see while it is off; null: the error. */
function insteadOf({ route, luck }: Asked, { fallback_response: wanted }: RouteSettings): string | null {
  if (typeof wanted === "object") return wanted.text;
  if (wanted === "message") return "We are back soon. Please try again in a few minutes.";
  if (wanted === "rules") return "Please choose: 1 my orders, 2 returns, 3 talk to a person.";
  const { answers } = routes[route]!;
  return wanted === "cached" ? answers[Math.floor(luck.answer * answers.length)]! : null;
}
