import { sayMoney } from "../show/money.ts";
import { tell } from "../show/tell.ts";
import type { Outline } from "../timeline/incident.ts";
import { readIncident } from "./ledger.ts";
import { isAboutMoney, moneyOf, type Money } from "./money.ts";
import type { Watch } from "./watch.ts";

/** What open cost incidents burn, a line each when it is a dollar more than was said, or another reason why nobody knows. */
export async function tellMoney(all: readonly Outline[], { world, project, store, told }: Watch): Promise<void> {
  for (const { id } of all.filter((one) => one.state === "open" && isAboutMoney(one))) {
    const incident = await readIncident(store, id).catch(() => undefined);
    if (incident === undefined) continue;
    const money = await moneyOf(world, project, incident);
    if (told.isNews(`${id} money`, said(money)))
      tell(world.terminal, `  ${id}: ${sayMoney(money, "open", world.clock.now())}`);
  }
}

function said(money: Money): string {
  if ("why" in money) return money.why;
  const { usd, above = usd, avoided } = money.spent;
  return [above, ...avoided.map((one) => one.usd)].map((amount) => Math.round(amount)).join(" ");
}
