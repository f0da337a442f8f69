import { command } from "./command.ts";

export const mitigate = command({
  name: "mitigate",
  summary: "change one setting: planned, proven, with an end",
  group: "Change production",
  details:
    "Reads, plans, asks, writes on condition, reads back, and looks whether it is in effect. Joins the one open incident whose scope covers it, " +
    "else is recorded as a change of its own. Exits 0 when proven as far as --wait asks, 1 when written but not proven, " +
    "3 when nothing changed, 4 when declined, 5 when somebody changed it meanwhile, 6 when it is not known.",
  args: {
    kind: {
      summary:
        "kill-switch, fallback-response, token-clamp, model-switch, provider-failover, fallback-chain, rate-limit, " +
        "token-budget, input-clamp, budget-cap, timeout, retry-cap, retry-backoff, circuit-breaker, block, cache, " +
        "disable-tool, prompt-guard, prompt-rollback, guardrail, retrieval, trace-sampling, deploy-freeze",
      required: true,
    },
  },
  options: {
    scope: {
      summary: "route, tenant, user, ...; several of one are several changes, * is all",
      value: "D=V",
      many: true,
    },
    reason: { summary: "why, for the record", value: "TEXT", required: true },
    with: { summary: "a parameter: max_tokens=512, model=NAME, timeout=20s, models=A,B", value: "K=V", many: true },
    target: { summary: "the only target it may use", value: "NAME" },
    for: { summary: "how long: 30m, 2h; default as the project says", value: "DURATION" },
    wait: { summary: "what to wait for", value: "WHAT", choices: ["none", "effect", "verify"], default: "effect" },
    incident: { summary: "the incident it belongs to", value: "ID" },
    "dry-run": { summary: "show the plan, write nothing, record nothing" },
    force: { summary: "why a model that does not fit is switched to all the same; recorded", value: "REASON" },
    yes: { summary: "consent to what --scope names; never to more, to *, or to a slip" },
  },
  json: true,
  examples: [
    'llmops mitigate kill-switch --scope route=chat.free --scope route=chat.paid --reason "unsafe answers"',
    'llmops mitigate kill-switch --scope route=support.reply --reason "unsafe answers" --yes --json',
    'llmops mitigate token-clamp --scope route=support.reply --with max_tokens=512 --for 30m --reason "cost" --dry-run',
  ],
  async run(world, { args, options, json }) {
    const { mitigateOnce } = await import("../session/mitigate.ts");
    const { "dry-run": dryRun, ...rest } = options;
    return mitigateOnce(world, { ...rest, kind: args.kind, dryRun, json });
  },
});
