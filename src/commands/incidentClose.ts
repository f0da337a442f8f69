import { command } from "./command.ts";

export const incidentClose = command({
  name: "incident close",
  summary: "end the record; nothing may be left in production unsaid",
  group: "Respond",
  details:
    "With live changes that nobody keeps, and where it is not marked resolved, it asks; without a terminal it refuses (exit 4). Prints the hash of the last record: " +
    "kept elsewhere, it shows later that the timeline was not shortened or rewritten.",
  args: { incident: { summary: "its id; left out: the open one" } },
  options: { note: { summary: "the last word", value: "TEXT", default: "" } },
  json: true,
  examples: ["llmops incident close"],
  async run(world, { args, options, json }) {
    const { closeIncident } = await import("../session/close.ts");
    return closeIncident(world, { incident: args.incident, note: options.note, json });
  },
});
