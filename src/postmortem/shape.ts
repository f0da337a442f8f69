import type { PostmortemFacts } from "./facts.ts";

/** "text?" may be nothing. A list is written as its one element. */
export type Shape = "text" | "text?" | readonly [Shape] | { readonly [name: string]: Shape };

type Of<T> = T extends readonly (infer One)[]
  ? readonly [Of<One>]
  : T extends object
    ? { readonly [K in keyof T]: Of<T[K]> }
    : null extends T
      ? "text?"
      : "text";

/** All that a template can say, to look names up without an incident. */
export const factsShape: { readonly [K in keyof PostmortemFacts]: Of<PostmortemFacts[K]> } = {
  id: "text",
  title: "text",
  kind: "text",
  class: "text?",
  severity: "text?",
  state: "text",
  scope: "text",
  date: "text",
  duration: "text",
  moments: [{ what: "text", at: "text", after: "text" }],
  detection: ["text"],
  changedBefore: ["text"],
  worst: ["text"],
  cost: "text?",
  blast: ["text"],
  timeline: [{ seq: "text", at: "text", by: "text", what: "text" }],
  leftOut: "text",
  timelineCut: "text?",
  evidence: [{ id: "text", label: "text", first: "text", last: "text", usual: "text", outcome: "text" }],
  queries: [{ id: "text", query: "text", source: "text" }],
  triage: [{ question: "text", answer: "text", proposed: "text", who: "text" }],
  mitigations: [
    {
      id: "text",
      kind: "text",
      where: "text",
      setting: "text",
      before: "text",
      after: "text",
      who: "text",
      effect: "text",
      helped: "text",
      end: "text",
    },
  ],
  declined: ["text"],
  actions: [{ action: "text", argv: "text", result: "text" }],
  gaps: ["text"],
  samples: [{ what: "text", when: "text", rows: ["text"] }],
  notes: [{ at: "text", by: "text", text: "text" }],
  notesCut: "text?",
  communication: [{ at: "text", what: "text" }],
  followUps: ["text"],
  records: "text",
  head: "text",
};
