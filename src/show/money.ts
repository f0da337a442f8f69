import { sayFigure } from "../timeline/figure.ts";
import type { Facts } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayBrief } from "../timeline/moment.ts";
import { sayAvoided, sayDollars } from "../timeline/money.ts";
import type { Paint } from "./paint.ts";
import { field } from "./wrap.ts";

/** What is known of what an incident costs. */
export type Known = { spent: Facts["spent"] } | { why: string };

/** "money   $131.2 per hour now; estimated: about $52 above usual since 03:02, m1 avoided about $20" */
export function showMoney(
  money: Known | undefined,
  state: Incident["state"],
  now: number,
  paint: Paint,
  name = "money",
): string[] {
  return money === undefined ? [] : field(name, [sayMoney(money, state, now)], paint);
}

export function sayMoney(money: Known, state: Incident["state"], now: number): string {
  if ("why" in money) return `what it costs is not known: ${money.why}`;
  const { from, to, usd, above, perHour } = money.spent;
  const isOver = state !== "open";
  const rate = `${sayFigure(perHour, "usd/h")} per hour ${isOver ? "at its end" : "now"}`;
  const since = isOver ? `from ${sayBrief(from, now)} to ${sayBrief(to, now)}` : `since ${sayBrief(from, now)}`;
  const burned =
    above === undefined ? `about ${sayDollars(usd)} ${since}` : `about ${sayDollars(above)} above usual ${since}`;
  return `${rate}; estimated: ${[burned, ...sayAvoided(money.spent, "about ")].join(", ")}`;
}
