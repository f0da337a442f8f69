import { saySampled } from "../timeline/saySampled.ts";
import type { Facts } from "../timeline/event.ts";
import { sayCall } from "../timeline/sample.ts";
import { signs, type Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

const most = 10;

/** What was recorded of the calls that were looked at: each with what was said of it. */
export function showSample(sampled: Facts["sampled"], paint: Paint): string[] {
  const { calls, to } = sampled;
  const sign = { good: signs.good, bad: signs.bad, unrated: signs.none };
  return [
    ...wrap("  ", [saySampled(sampled)], paint, 4),
    ...calls
      .slice(0, most)
      .flatMap((call) => wrap(["  ", sign[call.mark], " call "], [sayCall(call, to, "brief").join(" · ")], paint, 6)),
    ...(calls.length > most ? wrap("    ", [`${calls.length - most} more in the record`], paint) : []),
  ];
}
