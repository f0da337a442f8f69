import { continueCycle } from "./continueCycle.ts";
import { deadChoice } from "./deadChoice.ts";
import { deadHint } from "./deadHint.ts";
import { duplicateId } from "./duplicateId.ts";
import { logql } from "./logql.ts";
import { looksDown } from "./looksDown.ts";
import { mitigationParameters } from "./mitigationParameters.ts";
import { promql } from "./promql.ts";
import type { Rule } from "./rule.ts";
import { unknownId } from "./unknownId.ts";
import { unknownOutcome } from "./unknownOutcome.ts";
import { unknownRunbook } from "./unknownRunbook.ts";
import { unknownSignal } from "./unknownSignal.ts";
import { unreachable } from "./unreachable.ts";
import { wrongKind } from "./wrongKind.ts";

/** Every rule. What one file alone gets wrong in its shape is found before, as `yaml` and `schema`. */
export const rules: readonly Rule[] = [
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
  promql,
  logql,
];
