import type { Path } from "../document/document.ts";
import type { Runbook } from "../runbook/runbook.ts";

export interface KnownRunbook {
  file: string;
  runbook: Runbook;
}

/** What a runbook may name that is not in it. What is left out is not known and not checked. */
export interface Project {
  /** all that are linted, and of the others those that none of them replaces */
  runbooks: readonly KnownRunbook[];
  signals?: readonly string[];
}

export interface Place {
  path: Path;
  /** the key at `path` is meant, not its value */
  key?: boolean;
  /** characters of the text at `path`, `to` exclusive */
  from?: number;
  to?: number;
}

export type Report = (place: Place, message: string, next?: string) => void;

/** One kind of mistake that only shows across entries. Sees no clock, no network, no secrets. */
export interface Rule {
  name: string;
  summary: string;
  severity: "error" | "warning";
  /** evidence and steps of a runbook that has the mistake, and of one that has not: documentation and test */
  bad: string;
  good: string;
  check(runbook: Runbook, project: Project, report: Report): void;
}
