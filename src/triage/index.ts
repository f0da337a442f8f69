import { retrievalSlow, serverDown, serverFull, toolsSlow } from "./infrastructure.ts";
import {
  cutOffAnswers,
  dearerModel,
  inventsAnswers,
  longerAnswers,
  longerPrompts,
  malformedAnswers,
  refusesMore,
  unsafeAnswers,
} from "./model.ts";
import { credentialsRefused, providerFails, providerLimits, providerSlow } from "./provider.ts";
import type { Suspect } from "./suspect.ts";
import { cacheBypassed, fewerCalls, moreCalls, oneUserLoops, retriesAddUp } from "./use.ts";

/** Every explanation that is weighed. Where two are equally likely, the one that comes first is named first. */
export const suspects: readonly Suspect[] = [
  unsafeAnswers,
  serverDown,
  credentialsRefused,
  providerLimits,
  providerFails,
  inventsAnswers,
  refusesMore,
  malformedAnswers,
  cutOffAnswers,
  oneUserLoops,
  longerAnswers,
  longerPrompts,
  cacheBypassed,
  retriesAddUp,
  dearerModel,
  moreCalls,
  fewerCalls,
  serverFull,
  retrievalSlow,
  toolsSlow,
  providerSlow,
];
