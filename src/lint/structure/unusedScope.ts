import type { RuleOn } from "../rule.ts";

/** Kinds of steps that narrow what they do to the scope. */
const scoped = new Set(["measure", "logs", "mitigate", "run", "wait"]);

export const unusedScope: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unused-scope",
  summary: "where a scope is named, something is measured, looked at, changed or run for it",
  severity: "warning",
  why: "Whoever starts it is asked for a route or a tenant, and nothing comes of the answer.",
  seen: "clouddrove/terraform-aws-sftp, run 7262490663: `endpoint_type` and `sftp_users` are asked of whoever uses the module, and nothing uses them.",
  bad: `
scope: [route, tenant]
evidence: { changed: { changes: 24h } }
steps:
  - { id: look, title: Look, instruct: Read the status page of the provider. }
`,
  good: `
scope: [route, tenant]
evidence: { burn: cost_per_hour, changed: { changes: 24h } }
steps:
  - { id: look, title: Look, instruct: Read the status page of the provider. }
`,
  check({ scope, evidence, steps }, _, report) {
    if (scope.length === 0 || evidence.some(({ ask }) => !("changesMs" in ask))) return;
    if (steps.some(({ kind }) => scoped.has(kind) || kind === "continue")) return;
    report(
      { path: ["scope"], key: true },
      `nothing here is measured, looked at, changed or run for a ${scope.join(" or ")}`,
      "leave scope out, or measure something",
    );
  },
};
