import { models, routes } from "./catalogue.ts";
import type { Effect } from "./fault.ts";
import { blankRecord, type CallRecord } from "./record.ts";
import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

/** What became of a request: its record, and what only our metrics tell. */
export interface Served {
  record: CallRecord;
  /** attempts at the provider, and how many of them failed */
  attempts: number;
  failures: number;
  hallucinated: boolean;
  violated: boolean;
  /** groundedness 0..1 as a judge would give it; undefined without an answer */
  score?: number;
}

export interface Refusal {
  type: "route_disabled" | "user_blocked" | "rate_limited";
  http_status: 503 | 403 | 429;
}

const usual = { tokens: 1, msPerToken: 1, prompt: 1, failing: 0.006, hallucinated: 0.02, violating: 0.004 };
const failMs = 700;
const backoffMs = 400;

/** The gateway itself says no; no provider is asked. */
export function refuse(asked: Asked, settings: RouteSettings, error: Refusal): Served {
  return served({ ...blankRecord(asked, settings), status: "refused", error, latency_ms: 2 });
}

/** A model (or the cache) answers, or fails to. */
export function answer(asked: Asked, settings: RouteSettings, effect: Effect = {}): Served {
  const { luck } = asked;
  const route = routes[asked.route]!;
  const model = models[settings.model]!;
  const p = { ...usual, ...effect };

  const natural = Math.round(asked.answerTokens * p.tokens);
  const completion = Math.min(natural, settings.max_tokens, asked.maxTokens ?? Infinity);
  const prompt = Math.round(asked.promptTokens * p.prompt);
  const token_usage = { prompt, completion, total: prompt + completion };
  const hallucinated = luck.hallucinated < p.hallucinated;
  const violated = luck.violating < p.violating;
  const flagged = hallucinated || violated;
  const record: CallRecord = {
    ...blankRecord(asked, settings),
    model_reported: effect.reported ?? model.reported,
    status: flagged ? "flagged" : "success",
    finish_reason: violated ? "content_filter" : natural > completion ? "length" : "stop",
    flagged,
    token_usage,
    response_snapshot: say(asked, hallucinated, violated, natural > 3 * asked.answerTokens),
  };
  const judged = {
    hallucinated,
    violated,
    score: (hallucinated ? 0.1 : 0.82) + luck.score * (hallucinated ? 0.25 : 0.14),
  };

  if (settings.cache && luck.cached < route.cacheable)
    return served({ ...record, cache_hit: true, latency_ms: 35, ttft_ms: route.streams ? 30 : null }, judged);

  const failures = luck.attempts.findIndex((draw) => draw >= p.failing);
  if (failures < 0 || luck.timeout < 0.003) return fail(asked, settings, failures < 0, effect.error);

  const ttft = Math.round(model.ttftMs * luck.ttft * p.msPerToken);
  const latency = ttft + completion * model.msPerToken * luck.pace * p.msPerToken + waited(failures);
  const cost = (token_usage.prompt * model.price.prompt + completion * model.price.completion) / 1e6;
  return served(
    {
      ...record,
      retries: failures,
      latency_ms: Math.round(latency),
      ttft_ms: route.streams ? ttft + waited(failures) : null,
      cost_usd: Number(cost.toFixed(8)),
    },
    { attempts: failures + 1, failures, ...judged },
  );
}

function fail(asked: Asked, settings: RouteSettings, outage: boolean, as: Effect["error"]): Served {
  const overloaded = asked.luck.error < 0.4;
  const broken = overloaded ? { type: "overloaded", http_status: 503 } : { type: "rate_limited", http_status: 429 };
  const error = outage ? (as ?? broken) : { type: "timeout", http_status: 504 };
  const attempts = outage ? 3 : 1;
  return served(
    {
      ...blankRecord(asked, settings),
      status: "error",
      error,
      retries: attempts - 1,
      latency_ms: outage ? waited(2) + failMs : 30_000,
      token_usage: { prompt: asked.promptTokens, completion: 0, total: asked.promptTokens },
    },
    { attempts, failures: attempts },
  );
}

/** ms lost on `failures` failed attempts, with a pause after each that doubles */
function waited(failures: number): number {
  return failures * failMs + backoffMs * (2 ** failures - 1);
}

function say(asked: Asked, hallucinated: boolean, violated: boolean, endless: boolean): string {
  if (violated) return "[stopped by a guardrail]";
  const { answers } = routes[asked.route]!;
  const text = answers[Math.floor(asked.luck.answer * answers.length)]!;
  if (hallucinated) return `${text} As our policy 7.4 says, you get a second one free.`;
  return endless ? `${text} To explain this in full, let us first look at the history of ...` : text;
}

function served(record: CallRecord, more: Partial<Omit<Served, "record">> = {}): Served {
  return { record, attempts: 0, failures: 0, hallucinated: false, violated: false, ...more };
}
