import { command } from "./command.ts";

export const metrics = command({
  name: "metrics",
  summary: "our own figures in Prometheus text",
  group: "Look back",
  details:
    "Incidents by class and severity, time to acknowledge, mitigate and resolve, mitigations by outcome. " +
    "With --push also sends them to the project's pushgateway.",
  options: { push: { summary: "send them to the pushgateway of llmops.yaml" } },
  examples: ["llmops metrics", "llmops metrics --push"],
  async run(world, { options }) {
    const { showMetrics } = await import("../session/metrics.ts");
    return showMetrics(world, options.push);
  },
});
