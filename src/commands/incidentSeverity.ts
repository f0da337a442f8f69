import { command } from "./command.ts";

export const incidentSeverity = command({
  name: "incident severity",
  summary: "raise or lower the severity",
  group: "Respond",
  args: {
    severity: { summary: "SEV1 to SEV4, or P1 to P4", required: true },
    incident: { summary: "its id; left out: the open one" },
  },
  options: { reason: { summary: "why", value: "TEXT", required: true } },
  json: true,
  examples: ['llmops incident severity SEV1 --reason "all tenants see it"'],
  async run(world, { args, options, json }) {
    const { recordFacts } = await import("../session/record.ts");
    const { fact } = await import("../timeline/event.ts");
    const { severityOf } = await import("../session/alert.ts");
    const to = severityOf(args.severity);
    return recordFacts(world, { incident: args.incident, json }, ({ severity: from }) =>
      from === to ? [] : [fact("severity", { from, to, reason: options.reason })],
    );
  },
});
