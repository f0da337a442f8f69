import { command } from "./command.ts";

export const incidentNote = command({
  name: "incident note",
  summary: "put a sentence on the timeline",
  group: "Respond",
  args: {
    text: { summary: "the note", required: true },
    incident: { summary: "its id; left out: the open one" },
  },
  json: true,
  examples: ['llmops incident note "m.kaya confirms: prompt v15 went out at 02:58"'],
  async run(world, { args, json }) {
    const { recordFacts } = await import("../session/record.ts");
    const { fact } = await import("../timeline/event.ts");
    return recordFacts(world, { incident: args.incident, json, closed: "too" }, () => [
      fact("noted", { text: args.text }),
    ]);
  },
});
