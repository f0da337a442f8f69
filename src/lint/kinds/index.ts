import { ruleFile } from "./ruleFile.ts";
import type { FileKind } from "./kind.ts";
import { modelCatalogue } from "./modelCatalogue.ts";
import { project } from "./project.ts";
import { runbook } from "./runbook.ts";
import { runbookTest } from "./runbookTest.ts";
import { signalCatalogue } from "./signalCatalogue.ts";
import { signalsFile } from "./signalsFile.ts";
import { template } from "./template.ts";

/** Every kind of file that is checked. The last takes what no other knows as its own. */
export const fileKinds: readonly FileKind[] = [
  signalCatalogue,
  signalsFile,
  modelCatalogue,
  runbookTest,
  project,
  template,
  ruleFile,
  runbook,
];
