import type { Rule } from "../rule.ts";
import { alwaysTrue } from "./alwaysTrue.ts";
import { continueCycle } from "./continueCycle.ts";
import { contradiction } from "./contradiction.ts";
import { deadChoice } from "./deadChoice.ts";
import { deadHint } from "./deadHint.ts";
import { deadUndo } from "./deadUndo.ts";
import { duplicateId } from "./duplicateId.ts";
import { looksDown } from "./looksDown.ts";
import { mitigationParameters } from "./mitigationParameters.ts";
import { namedTwice } from "./namedTwice.ts";
import { noVerdict } from "./noVerdict.ts";
import { unhandledOutcome } from "./unhandledOutcome.ts";
import { unknownId } from "./unknownId.ts";
import { unknownOutcome } from "./unknownOutcome.ts";
import { unknownRunbook } from "./unknownRunbook.ts";
import { unknownSignal } from "./unknownSignal.ts";
import { unreachable } from "./unreachable.ts";
import { unusedScope } from "./unusedScope.ts";
import { wrongKind } from "./wrongKind.ts";

/** What does not fit together across the entries of a runbook. */
export const structure: readonly Rule[] = [
  duplicateId,
  unknownId,
  unknownOutcome,
  looksDown,
  wrongKind,
  unreachable,
  contradiction,
  alwaysTrue,
  deadChoice,
  deadHint,
  deadUndo,
  noVerdict,
  unhandledOutcome,
  namedTwice,
  unusedScope,
  unknownRunbook,
  continueCycle,
  unknownSignal,
  mitigationParameters,
];
