import { routes } from "./catalogue.ts";
import type { Fault } from "./fault.ts";

export interface ProjectOptions {
  /** URL of a Prometheus that scrapes the sandbox: evidence comes from there, not from the call records */
  prometheus?: string;
}

type Levers = [setting: string, at: string][];

/** Settings of a route, each at the pointer of its name. */
function ofRoute(...settings: string[]): Levers {
  return settings.map((setting) => [setting, `{ at: "/config/routes/{route}", pointer: /${setting} }`]);
}

/** What helps against every fault, and more by the runbook that is for it. */
const usual: Levers = [
  ...ofRoute("enabled", "model", "max_tokens", "rpm_limit", "cache"),
  ["blocked", `{ at: "/config/blocked_users", member: "{user}" }`],
];
const more: Record<string, Levers> = {
  "cost-spike": ofRoute("max_input_tokens", "tpm_limit", "budget_usd_per_hour", "prompt_version"),
  "provider-outage": [
    ...ofRoute("provider", "fallbacks", "fallback_response", "timeout_ms"),
    ...ofRoute("max_retries", "retry_backoff", "circuit_breaker"),
    ["deploys_frozen", "{ at: /config/deploys, pointer: /frozen }"],
  ],
  "latency-spike": ofRoute("max_input_tokens", "timeout_ms", "max_retries", "retrieval"),
  "quality-regression": [
    ...ofRoute("prompt_version", "system_prompt_suffix", "guardrails", "retrieval"),
    ...ofRoute("trace_sample_rate"),
  ],
  "safety-violation": ofRoute("guardrails", "system_prompt_suffix", "fallback_response", "trace_sample_rate"),
};

/** A whole `llmops.yaml`, to be put beside the sandbox's `calls/` and `changes.jsonl`. */
export function projectText(url: string, fault: Fault | undefined, { prometheus }: ProjectOptions = {}): string {
  const [stack, sources] =
    prometheus === undefined
      ? [
          "calls",
          `  calls: { calls: { files: "calls/*.jsonl" } }\nchanges:\n  gateway: { file: { path: changes.jsonl } }`,
        ]
      : ["seed", `  metrics: { prometheus: { url: "${prometheus}" } }`];
  const register = Object.entries(routes).map(
    ([name, { criticality, owner }]) => `  ${name}: { criticality: ${criticality}, owner: ${owner} }`,
  );
  const levers = [...usual, ...(more[fault?.runbook ?? ""] ?? [])];
  return `# A simulated LLM gateway: nothing here is real, change what you like.
stack: ${stack}
sources:
${sources}
targets:
  gateway:
    http:
      url: "${url}"
      settles: 5s
      levers:
${levers.map(([setting, at]) => `        ${setting}: ${at}\n`).join("")}routes:
${register.join("\n")}
objectives:
  cost_per_hour: "< 6"
  error_rate: "< 5%"
  latency_p95: "< 5"
defaults:
  for: 30m
  token-clamp: { max_tokens: 512 }
  model-switch: { model: ${fault?.refuge ?? "gpt-4o-mini"} }
`;
}
