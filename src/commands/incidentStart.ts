import { command } from "./command.ts";

export const incidentStart = command({
  name: "incident start",
  summary: "open an incident and walk its runbook",
  group: "Respond",
  details:
    "Fetches the evidence, asks the triage questions, plans and proves changes. Production changes only where a plan was shown and confirmed. " +
    "Exits 0 when the walk reached its end, whatever the figures say.",
  args: { runbook: { summary: "id of a runbook; left out: by the alert, else asked" } },
  options: {
    alert: { summary: "the alert as JSON (webhook, API or single); - reads stdin", value: "FILE" },
    scope: { summary: "what is meant, beside what the alert says", value: "D=V", many: true },
    severity: { summary: "SEV1 to SEV4, or P1 to P4", value: "S" },
    answers: { summary: "YAML: step id to choice, `apply` to consent", value: "FILE" },
    title: { summary: "what people will call it", value: "T" },
  },
  json: true,
  examples: ["llmops incident start --alert page.json", "llmops incident start cost-spike --scope tenant=acme"],
  async run(world, { args, options, json }) {
    const { startIncident } = await import("../session/start.ts");
    return startIncident(world, { ...options, runbook: args.runbook, json });
  },
});
