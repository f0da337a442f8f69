import { command } from "./command.ts";

export const mitigationKeep = command({
  name: "mitigation keep",
  summary: "let a change stand without an end",
  group: "Change production",
  details:
    "Records that somebody wants it to stay, and why; nothing in production moves, and no reminder comes. It stays listed, " +
    "and its incident can be closed. Exits 2 where the change is not live any more, 3 where it is in doubt.",
  args: { change: { summary: "its id: m1, or 7f3k/m1 where several have one", required: true } },
  options: {
    reason: { summary: "why, for the record", value: "TEXT", required: true },
    incident: { summary: "whose; left out: the one that has such a live change", value: "ID" },
  },
  json: true,
  examples: ['llmops mitigation keep m1 --reason "the new limit, agreed with support"'],
  async run(world, { args, options, json }) {
    const { keepChange } = await import("../session/ends.ts");
    return keepChange(world, { ...options, change: args.change, json });
  },
});
