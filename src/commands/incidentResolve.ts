import { command } from "./command.ts";

export const incidentResolve = command({
  name: "incident resolve",
  summary: "say that users are served again",
  group: "Respond",
  details: "Live changes stay live, and are listed. Closing comes later, when they are taken back or kept.",
  args: { incident: { summary: "its id; left out: the open one" } },
  options: { note: { summary: "how one knows", value: "TEXT", default: "" } },
  json: true,
  examples: ['llmops incident resolve --note "burn is usual for 10 minutes"'],
  async run(world, { args, options, json }) {
    const { resolveIncident } = await import("../session/resolve.ts");
    return resolveIncident(world, { incident: args.incident, json, note: options.note });
  },
});
