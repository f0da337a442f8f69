import type { RouteSettings } from "./settings.ts";

/** What a fault does to one call. Factors are of the usual; probabilities replace the usual ones. */
export interface Effect {
  tokens?: number;
  msPerToken?: number;
  prompt?: number;
  /** probability that one attempt at the provider fails, and as what */
  failing?: number;
  error?: { type: string; http_status: number };
  hallucinated?: number;
  violating?: number;
  reported?: string;
}

export interface Fault {
  /** id of the shipped runbook that is for it */
  runbook: string;
  /** what really happened */
  truth: string;
  alert: { name: string; severity: string; labels: Record<string, string>; summary: string };
  /** somebody changed these settings when it began */
  onset?: { route: string; settings: Partial<RouteSettings>; by: string };
  /** undefined: the call is not touched */
  effect?(route: string, settings: RouteSettings): Effect | undefined;
  /** one user whose program calls itself by a tool */
  loop?: { route: string; user: string; tenant: string; callsPerSecond: number; tool: string };
  /** so many times the usual calls, from everybody */
  surge?: number;
  /** a model that has not got the fault */
  refuge: string;
}

export const faults = {
  "cost-spike": {
    runbook: "cost-spike",
    truth: "prompt v15 of support.reply lost its instruction to be brief",
    alert: {
      name: "TokenCostExplosion",
      severity: "sev2",
      labels: { tenant: "acme" },
      summary: "Token spend of tenant acme is far above usual",
    },
    onset: { route: "support.reply", settings: { prompt_version: "v15" }, by: "m.kaya" },
    effect: (route, { prompt_version }) =>
      route === "support.reply" && prompt_version === "v15" ? { tokens: 10 } : undefined,
    refuge: "gpt-4o-mini",
  },
  "runaway-user": {
    runbook: "cost-spike",
    truth: "an agent of user u-8841 calls itself without end",
    alert: {
      name: "TokenCostExplosion",
      severity: "sev2",
      labels: { tenant: "globex" },
      summary: "Token spend of tenant globex is far above usual",
    },
    loop: { route: "agent.research", user: "u-8841", tenant: "globex", callsPerSecond: 1, tool: "web_search" },
    refuge: "gpt-4o-mini",
  },
  "provider-outage": {
    runbook: "provider-outage",
    truth: "openai answers most calls with 429 and 503",
    alert: {
      name: "ProviderErrorRateHigh",
      severity: "sev2",
      labels: { route: "support.reply" },
      summary: "Provider openai error rate above 10%, route support.reply fails",
    },
    effect: (_, { provider }) => (provider === "openai" ? { failing: 0.84 } : undefined),
    refuge: "claude-3-5-haiku",
  },
  "quality-regression": {
    runbook: "quality-regression",
    truth: "search.answer was moved to gpt-4o-mini, whose newest version invents sources",
    alert: {
      name: "HighHallucinationRate",
      severity: "sev2",
      labels: { route: "search.answer" },
      summary: "Hallucination rate above 15% on search.answer",
    },
    onset: { route: "search.answer", settings: { model: "gpt-4o-mini", prompt_version: "v8" }, by: "t.osei" },
    effect: (route, { model }) =>
      route === "search.answer" && model === "gpt-4o-mini"
        ? { hallucinated: 0.5, reported: "gpt-4o-mini-2026-10-30" }
        : undefined,
    refuge: "claude-3-5-haiku",
  },
  "safety-violation": {
    runbook: "safety-violation",
    truth: "a jailbreak for chat.free makes the rounds",
    alert: {
      name: "GuardrailViolationSpike",
      severity: "sev1",
      labels: { route: "chat.free" },
      summary: "Guardrail violations above 5% on chat.free",
    },
    effect: (route) => (route === "chat.free" ? { violating: 0.3 } : undefined),
    refuge: "claude-3-5-haiku",
  },
  "latency-spike": {
    runbook: "latency-spike",
    truth: "gpt-4o answers slower and at greater length",
    alert: {
      name: "LatencyP95Exceeded",
      severity: "sev2",
      labels: { route: "support.reply" },
      summary: "LLM p95 latency exceeds 5s on support.reply",
    },
    effect: (_, { model }) => (model === "gpt-4o" ? { tokens: 4, msPerToken: 1.3 } : undefined),
    refuge: "gpt-4o-mini",
  },
  "rate-limited": {
    runbook: "provider-outage",
    truth: "openai has halved our quota",
    alert: {
      name: "ProviderErrorRateHigh",
      severity: "sev2",
      labels: {},
      summary: "Provider openai error rate above 10%",
    },
    effect: (_, { provider }) =>
      provider === "openai" ? { failing: 0.7, error: { type: "rate_limited", http_status: 429 } } : undefined,
    refuge: "claude-3-5-haiku",
  },
  "key-revoked": {
    runbook: "provider-outage",
    truth: "the key for anthropic was revoked",
    alert: {
      name: "ProviderErrorRateHigh",
      severity: "sev1",
      labels: {},
      summary: "Provider anthropic error rate above 10%",
    },
    effect: (_, { provider }) =>
      provider === "anthropic" ? { failing: 1, error: { type: "authentication_error", http_status: 401 } } : undefined,
    refuge: "gpt-4o-mini",
  },
  "slow-provider": {
    runbook: "latency-spike",
    truth: "openai answers at a third of its pace",
    alert: {
      name: "LatencyP95Exceeded",
      severity: "sev2",
      labels: {},
      summary: "LLM p95 latency exceeds 5s",
    },
    effect: (_, { provider }) => (provider === "openai" ? { msPerToken: 3.5 } : undefined),
    refuge: "claude-3-5-haiku",
  },
  "cache-bypassed": {
    runbook: "cost-spike",
    truth: "a release turned the cache of search.answer off",
    alert: {
      name: "TokenCostExplosion",
      severity: "sev3",
      labels: {},
      summary: "Token spend is above usual",
    },
    onset: { route: "search.answer", settings: { cache: false }, by: "deploy-bot" },
    refuge: "gpt-4o-mini",
  },
  traffic: {
    runbook: "cost-spike",
    truth: "a campaign brought four times the usual calls",
    alert: {
      name: "TokenCostExplosion",
      severity: "sev3",
      labels: {},
      summary: "Token spend is above usual",
    },
    surge: 4,
    refuge: "gpt-4o-mini",
  },
  "cut-off": {
    runbook: "quality-regression",
    truth: "somebody set the cap of support.reply to 128 tokens",
    alert: {
      name: "ThumbsDownRateHigh",
      severity: "sev3",
      labels: { route: "support.reply" },
      summary: "Users of support.reply complain about answers that end in the middle",
    },
    onset: { route: "support.reply", settings: { max_tokens: 128 }, by: "j.lindqvist" },
    refuge: "gpt-4o-mini",
  },
  "longer-prompts": {
    runbook: "cost-spike",
    truth: "retrieval of search.answer puts ten times the text into every prompt",
    alert: {
      name: "TokenCostExplosion",
      severity: "sev2",
      labels: { route: "search.answer" },
      summary: "Token spend of search.answer is far above usual",
    },
    effect: (route) => (route === "search.answer" ? { prompt: 10 } : undefined),
    refuge: "gpt-4o-mini",
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
