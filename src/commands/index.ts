import type { Command } from "./command.ts";
import { incidentAck } from "./incidentAck.ts";
import { incidentClose } from "./incidentClose.ts";
import { incidentList } from "./incidentList.ts";
import { incidentNote } from "./incidentNote.ts";
import { incidentResolve } from "./incidentResolve.ts";
import { incidentResume } from "./incidentResume.ts";
import { incidentSeverity } from "./incidentSeverity.ts";
import { incidentShow } from "./incidentShow.ts";
import { incidentStart } from "./incidentStart.ts";
import { mitigate } from "./mitigate.ts";
import { mitigationList } from "./mitigationList.ts";
import { mitigationShow } from "./mitigationShow.ts";
import { mitigationUndo } from "./mitigationUndo.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
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
  incidentList,
  incidentShow,
];

/** What commands of two words have in common, by their first word. */
export const families: Record<string, string> = {
  incident: "open, walk and close incidents",
  mitigation: "the changes in production, until when, and how to take them back",
  runbook: "the runbooks, and what is wrong with them",
};
