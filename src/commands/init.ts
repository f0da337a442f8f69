import { command } from "./command.ts";

export const init = command({
  name: "init",
  summary: "write an llmops.yaml for this product",
  group: "Start here",
  details:
    "Writes llmops.yaml into this folder and changes nothing else; one that is there is never overwritten. The stack is " +
    "recognised by the metrics of a Prometheus, named by you, or that of call records in JSON Lines.",
  options: {
    stack: {
      summary: "whose metrics they are",
      value: "STACK",
      choices: ["litellm", "vllm", "otel", "envoy", "kong", "portkey", "tgi", "seed", "calls"],
    },
    prometheus: { summary: "where a Prometheus, or what speaks its API, answers", value: "URL" },
  },
  examples: ["llmops init --prometheus http://127.0.0.1:9090", "llmops init --stack vllm"],
  async run(world, { options }) {
    const { runInit } = await import("../session/init.ts");
    return runInit(world, options);
  },
});
