import { ask } from "./ask.ts";
import { continueStep } from "./continueStep.ts";
import { escalate } from "./escalate.ts";
import { instruct } from "./instruct.ts";
import { logs } from "./logs.ts";
import { measure } from "./measure.ts";
import { mitigate } from "./mitigate.ts";
import { notify } from "./notify.ts";
import { run } from "./run.ts";
import type { StepKind } from "./step.ts";
import { undo } from "./undo.ts";
import { wait } from "./wait.ts";

/** Every kind of step, in the order of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const stepKinds: readonly StepKind<any>[] = [
  measure,
  ask,
  logs,
  mitigate,
  undo,
  run,
  instruct,
  notify,
  escalate,
  wait,
  continueStep,
];

/** Everything a step of this kind and body can end in, without "skipped". */
export function outcomesOf(step: { kind: string; body: unknown }): string[] {
  return stepKinds.find(({ kind }) => kind === step.kind)!.outcomes(step.body);
}
