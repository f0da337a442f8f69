import { describe } from "../timeline/describe.ts";
import type { Event, UnknownEvent } from "../timeline/event.ts";
import { sayMoment } from "../timeline/moment.ts";
import type { Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** One line for each fact: number, time, who, what. */
export function showEvents(events: (Event | UnknownEvent)[], now: number, paint: Paint): string[] {
  const digits = String(events.at(-1)?.seq ?? 0).length;
  return events.flatMap((event) =>
    wrap(
      [{ text: `  #${String(event.seq).padEnd(digits)} `, style: "dim" }],
      [`${sayMoment(event.at, now)} ${event.by}  ${describe(event)}`],
      paint,
      6,
    ),
  );
}
