import { command } from "./command.ts";

export const incidentAck = command({
  name: "incident ack",
  summary: "say that somebody is on it",
  group: "Respond",
  args: { incident: { summary: "its id; left out: the open one" } },
  json: true,
  examples: ["llmops incident ack"],
  async run(world, { args, json }) {
    const { recordFacts } = await import("../session/record.ts");
    const { fact } = await import("../timeline/event.ts");
    return recordFacts(world, { incident: args.incident, json }, ({ acknowledgedAt }) =>
      acknowledgedAt === undefined ? [fact("acknowledged", {})] : [],
    );
  },
});
