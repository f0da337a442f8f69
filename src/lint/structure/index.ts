import type { Rule } from "../rule.ts";
import { continueCycle } from "./continueCycle.ts";
import { deadChoice } from "./deadChoice.ts";
import { deadHint } from "./deadHint.ts";
import { duplicateId } from "./duplicateId.ts";
import { looksDown } from "./looksDown.ts";
import { mitigationParameters } from "./mitigationParameters.ts";
import { unknownId } from "./unknownId.ts";
import { unknownOutcome } from "./unknownOutcome.ts";
import { unknownRunbook } from "./unknownRunbook.ts";
import { unknownSignal } from "./unknownSignal.ts";
import { unreachable } from "./unreachable.ts";
import { wrongKind } from "./wrongKind.ts";

/** What does not fit together across the entries of a runbook. */
export const structure: readonly Rule[] = [
  duplicateId,
  unknownId,
  unknownOutcome,
  looksDown,
  wrongKind,
  unreachable,
  deadChoice,
  deadHint,
  unknownRunbook,
  continueCycle,
  unknownSignal,
  mitigationParameters,
];
