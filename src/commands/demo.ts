import { command } from "./command.ts";

export const demo = command({
  name: "demo",
  summary: "play an incident against a sandbox",
  group: "Start here",
  details:
    "Starts a simulated LLM gateway with traffic and a fault in a folder of its own, opens an incident on it and walks its runbook. " +
    "On a terminal you decide; without one it plays itself from scripted answers. Nothing outside the folder is touched.",
  options: {
    runbook: {
      summary: "which incident",
      value: "RUNBOOK",
      choices: ["cost-spike", "provider-outage", "quality-regression", "safety-violation", "latency-spike"],
      default: "cost-spike",
    },
  },
  examples: ["llmops demo", "llmops demo --runbook provider-outage"],
  async run(world, { options }) {
    const { playDemo } = await import("../session/demo.ts");
    return playDemo(world, options);
  },
});
