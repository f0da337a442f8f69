import type { Rule } from "../rule.ts";
import { missingFolder } from "./missingFolder.ts";
import { noFamily } from "./noFamily.ts";
import { plainSecret } from "./plainSecret.ts";
import { runbookTest } from "./runbookTest.ts";
import { uncataloguedSignal } from "./uncataloguedSignal.ts";
import { unknownDefault } from "./unknownDefault.ts";
import { unknownField } from "./unknownField.ts";
import { unknownObjective } from "./unknownObjective.ts";
import { unknownStack } from "./unknownStack.ts";

/** The project file, signals, runbook tests and templates. */
export const project: readonly Rule[] = [
  unknownStack,
  missingFolder,
  unknownObjective,
  unknownDefault,
  plainSecret,
  uncataloguedSignal,
  noFamily,
  runbookTest,
  unknownField,
];
