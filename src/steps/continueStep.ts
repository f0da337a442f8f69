import { z } from "zod";
import type { StepKind } from "./step.ts";

export const continueStep: StepKind<string> = {
  kind: "continue",
  summary: "goes on with another runbook; nothing after it runs",
  schema: z.string(),
  example: `
id: outage
title: The provider is down
when: { cause: provider }
continue: provider-outage
`,
  outcomes: () => [],
  // oxlint-disable-next-line require-yield
  async *run(step) {
    return { continue: step.body };
  },
};
