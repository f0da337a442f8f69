import { command } from "./command.ts";

export const mitigationExtend = command({
  name: "mitigation extend",
  summary: "let a change stand longer, or shorter: from now",
  group: "Change production",
  details:
    "Records the new end and says who will see to it; nothing in production moves. What was kept has an end again. " +
    "Exits 2 where the change is not live any more, 3 where it is in doubt.",
  args: { change: { summary: "its id: m1, or 7f3k/m1 where several have one", required: true } },
  options: {
    for: { summary: "how long from now: 30m, 2h", value: "DURATION", required: true },
    reason: { summary: "why, for the record", value: "TEXT", required: true },
    incident: { summary: "whose; left out: the one that has such a live change", value: "ID" },
  },
  json: true,
  examples: ['llmops mitigation extend m1 --for 30m --reason "the fix is rolling out"'],
  async run(world, { args, options, json }) {
    const { extendChange } = await import("../session/ends.ts");
    return extendChange(world, { ...options, change: args.change, json });
  },
});
