import { command } from "./command.ts";

export const incidentResume = command({
  name: "incident resume",
  summary: "go on where an incident was left",
  group: "Respond",
  details:
    "What was begun and not seen to end is first settled by reading production; nothing is sent again by itself.",
  args: { incident: { summary: "its id, or the end of it; left out: the open one" } },
  options: { answers: { summary: "YAML: step id to choice, `apply` to consent", value: "FILE" } },
  json: true,
  examples: ["llmops incident resume", "llmops incident resume 7f3k"],
  async run(world, { args, options, json }) {
    const { resumeIncident } = await import("../session/start.ts");
    return resumeIncident(world, { ...options, incident: args.incident, json });
  },
});
