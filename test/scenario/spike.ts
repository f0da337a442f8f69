import type { Figure, Set } from "./stage.ts";

/** 2026-11-21T03:02Z: ten minutes before the page */
const fault = Date.UTC(2026, 10, 21, 3, 2);
/** the owner takes the prompt back while the clamp holds */
const mended = Date.UTC(2026, 10, 21, 3, 13, 15);

export const runbook = `
id: spike
title: Cost spike
class: cost
severity: SEV2
summary: Tokens cost far more than usual.
alerts: [TokenCostExplosion]
scope: [route]
evidence:
  burn: cost_per_hour
  length: tokens_out_avg
  routes: { signal: cost_per_hour, by: route }
steps:
  - id: cause
    title: What changed?
    ask:
      question: What drives the cost?
      choices: { inflation: More tokens per call, traffic: More calls than usual, nothing: The alert was wrong }
      hint: { inflation: { length: unhealthy }, nothing: { burn: healthy } }
  - id: clamp
    title: Clamp output tokens
    when: { cause: inflation }
    mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m }
  - id: higher
    title: The clamp did not help
    when: { clamp: [not-enough, no-effect, unproven, failed, declined] }
    instruct: Call the owner of the route.
  - id: calm
    title: Is it over?
    when: { clamp: helped }
    wait: { until: { burn: healthy }, within: 30m }
  - id: mended
    title: Is the cause mended?
    when: { calm: reached }
    instruct: Take the prompt back, or ask its owner to.
  - id: home
    title: Back to normal
    when: { mended: done }
    undo: clamp
follow_ups: [Give every route a token cap]
`;

/** An answer is ten times as long since the fault, unless the cap that is live cuts it. */
const tokens: Figure = (at, { live, changedAt }) => {
  const wild = wobble(at) * (at >= fault && at < mended ? 3600 : 360);
  const cap = Number(live["support.reply"]?.["max_tokens"] ?? Infinity);
  return at >= changedAt ? Math.min(wild, cap) : wild;
};

const cost: Figure = (at, stage, query) => {
  const all = (tokens(at, stage, query) as number) / 28;
  return query.includes("by (route)") ? { "support.reply": all * 0.94, "agent.research": all * 0.06 } : all;
};

/** ±4 %, the same at the same time. */
function wobble(at: number): number {
  return 1 + 0.04 * Math.sin(at / 700_000);
}

export const alert = {
  status: "firing",
  labels: { alertname: "TokenCostExplosion", severity: "sev2", route: "support.reply" },
  annotations: { summary: "Token spend is far above usual" },
  startsAt: "2026-11-21T03:04:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  fingerprint: "c0ffee",
};

export const spike: Set = {
  figures: [
    ["llm_token_cost_dollars", cost],
    ["llm_tokens_used_bucket", tokens],
    ["llm_tokens_used", tokens],
    ["llm_requests_total", () => 2.8],
  ],
  routes: { "support.reply": { enabled: true, model: "big", max_tokens: 4096, note: 12345678901234567000 } },
  files: {
    "runbooks/spike.yaml": runbook,
    "alert.json": JSON.stringify({ version: "4", status: "firing", alerts: [alert] }),
    "answers.yaml": "cause: inflation\nclamp: apply\nmended: done\nhome: apply\n",
  },
};
