import type { Rule } from "../rule.ts";
import { lateMitigation } from "./lateMitigation.ts";
import { noBlastRadius } from "./noBlastRadius.ts";
import { noChanges } from "./noChanges.ts";
import { noEscalation } from "./noEscalation.ts";
import { noExamples } from "./noExamples.ts";
import { noFallback } from "./noFallback.ts";
import { noFollowUps } from "./noFollowUps.ts";
import { noModel } from "./noModel.ts";
import { noOff } from "./noOff.ts";
import { noOwner } from "./noOwner.ts";
import { noQuality } from "./noQuality.ts";

/**
 * What a runbook for LLM incidents must tell. One that only asks and leads to others is not asked for what is theirs.
 */
export const completeness: readonly Rule[] = [
  noQuality,
  noModel,
  noFallback,
  noOff,
  noChanges,
  noBlastRadius,
  noExamples,
  noEscalation,
  noFollowUps,
  noOwner,
  lateMitigation,
];
