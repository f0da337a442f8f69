import { harmlessJson } from "../../src/harmless.ts";
import { examine } from "../../src/timeline/examine.ts";
import type { Event, UnknownEvent } from "../../src/timeline/event.ts";
import { readLines } from "../../src/timeline/lines.ts";

/** The text of a timeline as records, lines that are none, and what stands behind the last newline. */
export function parseTimeline(text = "") {
  const reader = readLines();
  reader.see(Buffer.from(text));
  const lines = reader.end();
  const { events, findings, heads } = examine(lines);
  const torn = lines.torn === 0 ? undefined : text.slice(text.lastIndexOf("\n") + 1);
  return { events, bad: lines.bad, findings, heads, ...(torn === undefined ? {} : { torn }) };
}

/** What is wrong at the first bad record; undefined when the chain holds. */
export function verifyChain(events: readonly (Event | UnknownEvent)[]): { seq: number; why: string } | undefined {
  const [first] = parseTimeline(events.map((event) => `${harmlessJson(event)}\n`).join("")).findings;
  return first === undefined ? undefined : { seq: first.seq ?? 0, why: first.why };
}
