import type { Command } from "./command.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { incidentAck } from "./incidentAck.ts";
import { incidentCheck } from "./incidentCheck.ts";
import { incidentClose } from "./incidentClose.ts";
import { incidentErase } from "./incidentErase.ts";
import { incidentExport } from "./incidentExport.ts";
import { incidentList } from "./incidentList.ts";
import { incidentNote } from "./incidentNote.ts";
import { incidentResolve } from "./incidentResolve.ts";
import { incidentResume } from "./incidentResume.ts";
import { incidentSeverity } from "./incidentSeverity.ts";
import { incidentShow } from "./incidentShow.ts";
import { incidentStart } from "./incidentStart.ts";
import { mitigate } from "./mitigate.ts";
import { mitigationAudit } from "./mitigationAudit.ts";
import { mitigationExtend } from "./mitigationExtend.ts";
import { mitigationKeep } from "./mitigationKeep.ts";
import { mitigationList } from "./mitigationList.ts";
import { mitigationShow } from "./mitigationShow.ts";
import { mitigationUndo } from "./mitigationUndo.ts";
import { now } from "./now.ts";
import { runbookLint } from "./runbookLint.ts";
import { runbookList } from "./runbookList.ts";
import { runbookNew } from "./runbookNew.ts";
import { runbookSchema } from "./runbookSchema.ts";
import { runbookShow } from "./runbookShow.ts";
import { runbookTest } from "./runbookTest.ts";
import { query } from "./query.ts";
import { signal } from "./signal.ts";
import { triage } from "./triage.ts";
import { watch } from "./watch.ts";
import { postmortem } from "./postmortem.ts";
import { init } from "./init.ts";
import { metrics } from "./metrics.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  now,
  demo,
  init,
  doctor,
  triage,
  signal,
  query,
  incidentStart,
  incidentResume,
  incidentAck,
  incidentNote,
  incidentSeverity,
  incidentResolve,
  incidentClose,
  mitigate,
  mitigationList,
  mitigationShow,
  mitigationUndo,
  mitigationExtend,
  mitigationKeep,
  watch,
  incidentList,
  incidentShow,
  incidentCheck,
  incidentExport,
  incidentErase,
  postmortem,
  metrics,
  runbookList,
  runbookShow,
  runbookNew,
  runbookLint,
  runbookTest,
  runbookSchema,
  mitigationAudit,
];

/** What commands of two words have in common, by their first word. */
export const families: Record<string, string> = {
  incident: "open, walk and close incidents",
  mitigation: "what was changed, until when, and how to take it back",
  runbook: "the runbooks, and what is wrong with them",
};
