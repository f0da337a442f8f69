import { command } from "./command.ts";

export const triage = command({
  name: "triage",
  summary: "what is outside normal, and what it speaks for",
  group: "Start here",
  details:
    "Reads every signal that the project can measure, compares each with the same hour yesterday, and ranks what may be " +
    "behind it, with reasons. Changes nothing and records nothing. Exit code 0: nothing is outside normal; 1: something is.",
  options: { scope: { summary: "narrow it to a route, tenant, user, model ...", value: "D=V", many: true } },
  json: true,
  examples: ["llmops triage", "llmops triage --scope route=support.reply"],
  async run(world, { options, json }) {
    const { runTriage } = await import("../session/triage.ts");
    return runTriage(world, { scope: options.scope, json });
  },
});
