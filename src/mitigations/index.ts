import { block } from "./block.ts";
import { budgetCap } from "./budgetCap.ts";
import { cache } from "./cache.ts";
import { circuitBreaker } from "./circuitBreaker.ts";
import { deployFreeze } from "./deployFreeze.ts";
import { disableTool } from "./disableTool.ts";
import { fallbackChain } from "./fallbackChain.ts";
import { fallbackResponse } from "./fallbackResponse.ts";
import { guardrail } from "./guardrail.ts";
import { inputClamp } from "./inputClamp.ts";
import { killSwitch } from "./killSwitch.ts";
import type { Mitigation } from "./mitigation.ts";
import { modelSwitch } from "./modelSwitch.ts";
import { promptGuard } from "./promptGuard.ts";
import { promptRollback } from "./promptRollback.ts";
import { providerFailover } from "./providerFailover.ts";
import { rateLimit } from "./rateLimit.ts";
import { retrieval } from "./retrieval.ts";
import { retryBackoff } from "./retryBackoff.ts";
import { retryCap } from "./retryCap.ts";
import { timeout } from "./timeout.ts";
import { tokenBudget } from "./tokenBudget.ts";
import { tokenClamp } from "./tokenClamp.ts";
import { traceSampling } from "./traceSampling.ts";

/** What can be done to a setting. One line for each kind; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const mitigations: Mitigation<any>[] = [
  killSwitch,
  fallbackResponse,
  tokenClamp,
  modelSwitch,
  providerFailover,
  fallbackChain,
  rateLimit,
  tokenBudget,
  inputClamp,
  budgetCap,
  timeout,
  retryCap,
  retryBackoff,
  circuitBreaker,
  block,
  cache,
  disableTool,
  promptGuard,
  promptRollback,
  guardrail,
  retrieval,
  traceSampling,
  deployFreeze,
];
