import type { Event, FactType, UnknownEvent } from "./event.ts";
import { harmlessJson } from "../harmless.ts";

/**
 * What can be erased and leaves the incident what it is: words, and nothing from which it is read what is live, where the
 * walk is, or who decided.
 */
const erasable: ReadonlySet<string> = new Set<FactType>([
  "quoted",
  "sampled",
  "noted",
  "sent",
  "handed-off",
  "corrected",
]);

export function canErase({ type }: Event | UnknownEvent): boolean {
  return erasable.has(type);
}

/**
 * The text of a whole timeline without the content of these records. Their envelopes stay, and with them every hash: the
 * chain is over those of the contents.
 */
export function erasing(text: string, events: readonly (Event | UnknownEvent)[]): string {
  const lines = text.split("\n");
  for (const event of events) lines[event.seq - 1] = harmlessJson({ ...event, payload: null });
  return lines.join("\n");
}
