import type { Event, Facts } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Paint } from "./paint.ts";
import { apart, wrap } from "./wrap.ts";

/** A question as it stood when it was answered: what a menu shows, for walks in which nobody saw one. */
export function showAnswered(event: Event & { type: "answered" }, incident: Incident, paint: Paint): string[] {
  const asked = incident.events.findLast(
    ({ type, step, seq }) => type === "asked" && step === event.step && seq < event.seq,
  );
  if (asked === undefined) return wrap("❯ ", [event.payload.label], paint);
  const { question, choices, why } = asked.payload as Facts["asked"];
  const wide = String(choices.length).length;
  return [
    ...(why === undefined
      ? wrap("", [{ text: question, style: "bold" }], paint)
      : apart([{ text: question, style: "bold" }], why, paint)),
    ...choices.flatMap(({ value, label }, i) => {
      const number = `${String(i + 1).padStart(wide)}  `;
      const chosen = value === event.payload.choice;
      return wrap(
        chosen ? [{ text: `❯ ${number}`, style: "cyan" }] : `  ${number}`,
        [{ text: label, ...(chosen ? { style: "bold" } : {}) }],
        paint,
      );
    }),
  ];
}
