import { outcomesOf } from "../steps/index.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import type { Step } from "../steps/step.ts";
import { isSeen } from "./invent.ts";

/** What a step can end in, whatever happens: without what its own words rule out. `skipped` is a person's. */
export function attainable(step: Step): string[] {
  const never = new Set(neverOf(step));
  return outcomesOf(step).filter((outcome) => !never.has(outcome));
}

function neverOf(step: Step): string[] {
  if (step.kind === "run") return typeof step.body === "string" ? [] : ["not-offered"];
  if (step.kind !== "mitigate") return [];
  const { verify } = step.body as MitigateBody;
  // what nothing shows is never credited, and without a `verify` nothing says that it helped
  return [...(verify === undefined ? ["helped", "not-enough"] : []), ...(isSeen(step) ? [] : ["helped", "no-effect"])];
}
