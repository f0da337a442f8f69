import type { Rule } from "../rule.ts";
import { capturedText } from "./capturedText.ts";
import { destructiveCommand } from "./destructiveCommand.ts";
import { noEnd } from "./noEnd.ts";
import { noVerify } from "./noVerify.ts";
import { placeholder } from "./placeholder.ts";
import { retryStorm } from "./retryStorm.ts";
import { secret } from "./secret.ts";
import { shellInterpolation } from "./shellInterpolation.ts";
import { uncounted } from "./uncounted.ts";
import { unprovenReturn } from "./unprovenReturn.ts";
import { widerThanScope } from "./widerThanScope.ts";

/** What could do harm when it is walked. */
export const safety: readonly Rule[] = [
  noVerify,
  noEnd,
  widerThanScope,
  unprovenReturn,
  retryStorm,
  shellInterpolation,
  destructiveCommand,
  uncounted,
  placeholder,
  secret,
  capturedText,
];
