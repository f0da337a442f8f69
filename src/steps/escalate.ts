import { z } from "zod";
import { fact } from "../timeline/event.ts";
import type { StepKind } from "./step.ts";

interface EscalateBody {
  /** 1 is on call now */
  level: number;
}

export const escalate: StepKind<EscalateBody> = {
  kind: "escalate",
  summary: "calls the next level",
  schema: z.strictObject({ level: z.number().int().min(1).max(9) }),
  example: `
id: higher
title: Not over
when: { calm: timed-out }
escalate: { level: 2 }
`,
  outcomes: () => ["sent", "failed", "not-offered"],
  async *run({ body: { level } }, { incident, say }) {
    say(
      `No escalation is set up. By hand: call level ${level}${incident.severity === null ? "" : `, this is ${incident.severity}`}.`,
    );
    yield fact("escalated", { level, to: "", ok: false, why: "no escalation is set up" });
    return "not-offered";
  },
};
