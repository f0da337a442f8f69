import { command } from "./command.ts";

export const mitigationUndo = command({
  name: "mitigation undo",
  summary: "put back what a change found",
  group: "Change production",
  details:
    "Reads first: when somebody changed it since, nothing is overwritten without a decision (exit 5 without a terminal). " +
    "Under a later change on the same lever nothing is written; that one then restores what this one found.",
  args: { change: { summary: "its id: m1, or 7f3k/m1 where several have one", required: true } },
  options: {
    incident: { summary: "whose; left out: the one that has such a live change", value: "ID" },
    reason: { summary: "why, for the record", value: "TEXT", default: "undo" },
    yes: { summary: "consent to the plan" },
  },
  json: true,
  examples: ["llmops mitigation undo m1"],
  async run(world, { args, options, json }) {
    const { undoOnce } = await import("../session/undo.ts");
    return undoOnce(world, { ...options, change: args.change, json });
  },
});
