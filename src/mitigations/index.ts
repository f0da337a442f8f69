import { block } from "./block.ts";
import { cache } from "./cache.ts";
import { killSwitch } from "./killSwitch.ts";
import type { Mitigation } from "./mitigation.ts";
import { modelSwitch } from "./modelSwitch.ts";
import { rateLimit } from "./rateLimit.ts";
import { tokenClamp } from "./tokenClamp.ts";

/** What can be done to a setting. One line for each kind; the order is that of the documentation. */
// oxlint-disable-next-line typescript/no-explicit-any
export const mitigations: Mitigation<any>[] = [killSwitch, tokenClamp, modelSwitch, rateLimit, block, cache];
