import type { CallRecord } from "./record.ts";

/** What became of a request: its record, and what only our metrics tell. */
export interface Served {
  record: CallRecord;
  /** attempts at each provider, and how many of them failed */
  tries: { provider: string; attempts: number; failures: number }[];
  hallucinated: boolean;
  violated: boolean;
  /** groundedness 0..1 as a judge would give it; undefined without an answer */
  score?: number;
}

export function served(record: CallRecord, more: Partial<Omit<Served, "record">> = {}): Served {
  return { record, tries: [], hallucinated: false, violated: false, ...more };
}
