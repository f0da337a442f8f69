import type { Event, FactType, UnknownEvent } from "./event.ts";
import type { Finding } from "./examine.ts";
import { foldIncident } from "./fold.ts";
import type { Outline } from "./incident.ts";

/** Facts that an outline does without; they are most of a timeline's bytes. */
const onlyTold: ReadonlySet<string> = new Set<FactType>([
  "pinned",
  "check",
  "measured",
  "sampled",
  "asked",
  "answered",
  "step-started",
  "step-ended",
  "skipped",
  "noted",
  "sent",
  "escalated",
  "ran",
  "role",
  "handed-off",
  "corrected",
  "torn",
]);

/** For `skim`. */
export function isOfOutline(type: string): boolean {
  return !onlyTold.has(type);
}

/** From the events whose type is `isOfOutline`. */
export function foldOutline(events: readonly (Event | UnknownEvent)[], findings: readonly Finding[]): Outline {
  return foldIncident(events, findings);
}
