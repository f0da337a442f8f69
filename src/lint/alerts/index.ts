import type { Rule } from "../rule.ts";
import { alertTwice } from "./alertTwice.ts";
import { alertWithoutRunbook } from "./alertWithoutRunbook.ts";
import { classWithoutRunbook } from "./classWithoutRunbook.ts";
import { lostLabel } from "./lostLabel.ts";
import { unknownAlert } from "./unknownAlert.ts";

/** Alert rules, and what they and the runbooks say of each other. */
export const alerts: readonly Rule[] = [alertWithoutRunbook, unknownAlert, alertTwice, classWithoutRunbook, lostLabel];
