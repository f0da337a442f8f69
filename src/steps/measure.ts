import { evidenceSchema, type EvidenceAsk } from "../signals/evidence.ts";
import { formatDuration } from "../duration.ts";
import { fact } from "../timeline/event.ts";
import type { StepKind } from "./step.ts";

export const measure: StepKind<EvidenceAsk> = {
  kind: "measure",
  summary: "reads production anew when it is reached; evidence was read at the start",
  schema: evidenceSchema,
  example: `
id: errors-now
title: Are there still errors?
measure: { signal: error_rate, healthy: "< 2%" }
`,
  outcomes: outcomesOfAsk,
  async *run(step, context) {
    const measurement = await context.measure(step.id, step.body);
    yield fact("measured", { measurement });
    if ("changesMs" in step.body.ask && measurement.source === "") {
      const window = formatDuration(step.body.ask.changesMs);
      context.say(`By hand: what was deployed or configured in the last ${window}?`);
    }
    return measurement.outcome;
  },
};

/** What evidence, or a `measure` step, can end in. */
export function outcomesOfAsk({ ask, by }: EvidenceAsk): string[] {
  if ("changesMs" in ask) return ["changed", "unchanged", "no-data", "error"];
  return by === undefined
    ? ["healthy", "unhealthy", "no-data", "error"]
    : ["concentrated", "spread", "no-data", "error"];
}
