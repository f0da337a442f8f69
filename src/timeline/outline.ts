import type { FactType } from "./event.ts";
import { skimmed } from "./examine.ts";
import { foldOutline } from "./fold.ts";
import type { Outline } from "./incident.ts";
import { readLines } from "./lines.ts";

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
  "role",
  "handed-off",
  "corrected",
  "torn",
]);

/** Reads a timeline as far as an outline needs it; undefined when its first facts never became durable. */
export function readOutline(): { see(piece: Uint8Array): void; end(): Outline | undefined } {
  const reader = readLines(undefined, (type) => !onlyTold.has(type));
  return {
    see: (piece) => reader.see(piece),
    end() {
      const { events, findings } = skimmed(reader.end());
      if (events.length === 0 && findings.every(({ what }) => what === "torn")) return undefined;
      return foldOutline(events, findings);
    },
  };
}
