import { routes } from "./catalogue.ts";
import type { Fault } from "./fault.ts";

export interface ProjectOptions {
  /** URL of a Prometheus that scrapes the sandbox: evidence comes from there, not from the call records */
  prometheus?: string;
}

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
        enabled:    { at: "/config/routes/{route}", pointer: /enabled }
        model:      { at: "/config/routes/{route}", pointer: /model }
        max_tokens: { at: "/config/routes/{route}", pointer: /max_tokens }
        rpm_limit:  { at: "/config/routes/{route}", pointer: /rpm_limit }
        cache:      { at: "/config/routes/{route}", pointer: /cache }
        blocked:    { at: "/config/blocked_users", member: "{user}" }
routes:
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
