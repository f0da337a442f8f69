import type { Dimension } from "../timeline/scope.ts";

/** Something that is not as it should be. `needed`: an incident would miss it. */
export interface Trouble {
  needed: boolean;
  says: string;
  /** the next move */
  next?: string;
}

/** Something that the project names, and whether it is there. */
export interface Place {
  /** its key in `llmops.yaml` */
  section: "sources" | "targets" | "sinks" | "changes" | "status_pages";
  name: string;
  kind: string;
  ok: boolean;
  say: string;
  ms: number;
}

export interface SignalState {
  signal: string;
  /** a runbook reads it */
  needed: boolean;
  /** partial: some of the metrics that it is made of are missing; not known: its source could not be asked */
  state: "available" | "partial" | "not available" | "not known";
  why?: string;
}

/** How a dimension is spelled, and what it has been in the last hour; without a source nobody tells it apart. */
export interface Mapped {
  dimension: Dimension;
  source?: string;
  label?: string;
  /** as they come: not yet harmless */
  values: string[];
  error?: string;
}

/** What a source of signals has. */
export interface Held {
  source: string;
  /** how many */
  metrics?: number;
  /** the likeliest first; `score`: which part of the stack's signals these metrics can answer */
  looksLike: { stack: string; score: number }[];
  /** whether there is anything of this hour yesterday, and a week ago; left out: it could not be asked */
  yesterday?: boolean;
  lastWeek?: boolean;
}

/** `runbooks`: the ids of those that it concerns */
export interface Runbooks {
  count: number;
  /** files that cannot be read */
  broken: string[];
  due: { id: string; reviewed: string | null; owner: string | null }[];
  notOffered: { what: string; needs: string; runbooks: string[] }[];
  unmeasured: { what: string; why: string; runbooks: string[] }[];
}

/** What `llmops doctor` found, as `--json` tells it. */
export interface Diagnosis {
  file: string;
  /** as the project names it */
  stack: string | null;
  /** those that are needed first */
  troubles: Trouble[];
  places: Place[];
  held: Held[];
  signals: SignalState[];
  dimensions: Mapped[];
  clocks: { host: string; aheadMs: number }[];
  runbooks: Runbooks;
}
