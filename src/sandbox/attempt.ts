import { models, routes } from "./catalogue.ts";
import { spare } from "./chance.ts";
import { draft } from "./draft.ts";
import type { Effect } from "./fault.ts";
import { blankRecord } from "./record.ts";
import { served, type Served } from "./served.ts";
import type { RouteSettings } from "./settings.ts";
import type { Asked } from "./traffic.ts";

const usual = { msPerToken: 1, failing: 0.006 };
const failMs = 700;
/** a provider that says nothing gives up by itself */
const hangMs = 30_000;

/** One model is asked until it answers or no attempt is left; `nth`: how many models were asked before it. */
export function attempt(asked: Asked, settings: RouteSettings, effect: Effect, nth: number): Served {
  const { luck } = asked;
  const p = { ...usual, ...effect };
  const most = settings.max_retries + 1;
  let failures = 0;
  while (failures < most && drawOf(asked, nth, failures) < p.failing) failures++;
  if (failures === most) return fail(asked, settings, most, effect.error ?? brokenOf(asked));
  if (nth === 0 && luck.timeout < 0.003) return fail(asked, settings, 1, { type: "timeout", http_status: 504 });

  const { said, ...judged } = draft(asked, settings, effect);
  const { prompt, completion } = said.token_usage;
  const model = models[settings.model]!;
  const ttft = Math.round(model.ttftMs * luck.ttft * p.msPerToken);
  const waited = waitedMs(failures, asked, settings);
  const latency = ttft + completion * model.msPerToken * luck.pace * p.msPerToken + waited;
  const cost = (prompt * model.price.prompt + completion * model.price.completion) / 1e6;
  const record = {
    ...blankRecord(asked, settings),
    ...said,
    retries: failures,
    latency_ms: Math.round(latency),
    ttft_ms: routes[asked.route]!.streams ? ttft + waited : null,
    cost_usd: Number(cost.toFixed(8)),
  };
  return served(record, { tries: [{ provider: settings.provider, attempts: failures + 1, failures }], ...judged });
}

function fail(asked: Asked, settings: RouteSettings, attempts: number, error: { type: string; http_status: number }) {
  const prompt = Math.min(asked.promptTokens, settings.max_input_tokens);
  const record = {
    ...blankRecord(asked, settings),
    status: "error" as const,
    error,
    retries: attempts - 1,
    latency_ms: error.type === "timeout" ? hangMs : waitedMs(attempts - 1, asked, settings) + failMs,
    token_usage: { prompt, completion: 0, total: prompt },
  };
  return served(record, { tries: [{ provider: settings.provider, attempts, failures: attempts }] });
}

function brokenOf({ luck }: Asked): { type: string; http_status: number } {
  return luck.error < 0.4 ? { type: "overloaded", http_status: 503 } : { type: "rate_limited", http_status: 429 };
}

function drawOf({ luck }: Asked, nth: number, attempt: number): number {
  return (nth === 0 ? luck.attempts[attempt] : undefined) ?? spare(luck.callId, 100 + nth * 20 + attempt);
}

/** ms lost on `failures` failed attempts, with a pause after each that doubles */
function waitedMs(failures: number, { luck }: Asked, { retry_backoff }: RouteSettings): number {
  const { base_ms, max_ms, jitter } = retry_backoff;
  let ms = failures * failMs;
  for (let i = 0; i < failures; i++)
    ms += Math.min(max_ms, base_ms * 2 ** i) * (jitter ? 0.5 + spare(luck.callId, i) / 2 : 1);
  return Math.round(ms);
}
