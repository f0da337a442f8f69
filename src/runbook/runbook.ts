import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Step } from "../steps/step.ts";
import type { IncidentClass, Severity } from "../timeline/event.ts";
import type { Dimension } from "../timeline/scope.ts";

export interface Evidence extends EvidenceAsk {
  id: string;
}

/** A runbook as written, checked against its schema; what only makes sense across entries is the linter's. */
export interface Runbook {
  id: string;
  title: string;
  class: IncidentClass;
  severity: Severity;
  summary: string;
  alerts: string[];
  /** dimensions taken from the alert's labels or asked */
  scope: Dimension[];
  owner?: string;
  /** ISO date */
  reviewed?: string;
  evidence: Evidence[];
  steps: Step[];
  followUps: string[];
}
