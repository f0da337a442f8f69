import { exit, UserError } from "../errors.ts";
import type { Target } from "../targets/target.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Lever } from "../timeline/setting.ts";
import type { Lease } from "../timeline/store.ts";
import type { Context } from "./context.ts";

/** One lever of one target, at one scope. */
export interface Spot {
  target: Target;
  /** of the target, in the project */
  name: string;
  lever: Lever;
  scope: Scope;
}

/** Who holds a address reads, writes and reads back, each for seconds; longer (ms) than this it does not go on by itself. */
const mostMs = 2 * 60_000;

/**
 * From an intent until its write is read back, nobody else of this store writes to the same address: two writes of whole
 * documents would take each other back where the config API has no compare-and-set. Waits for whoever is at it, and says
 * who that is.
 */
export async function holdAddress({ target, name, lever, scope }: Spot, context: Context): Promise<Lease> {
  const { clock } = context.world;
  const address = target.address(lever.setting, scope);
  const until = clock.monotonic() + mostMs + 2 * lever.settles;
  for (let told = false; ; told = true) {
    const lease = await context.hold(`${name} ${address}`);
    if (!("heldBy" in lease)) {
      if (lease.after !== undefined)
        context.say(`  ${lease.after} was changing ${name} ${address} and has ended: what it left is looked at first.`);
      return lease;
    }
    if (clock.monotonic() >= until)
      throw new UserError({
        what: `Somebody else changes ${name} ${address}: ${lease.heldBy}.`,
        next: lease.next ?? "see what that process waits for, then plan it again",
        code: exit.conflict,
      });
    if (!told) context.say(`  Waiting: somebody else changes ${name} ${address}. ${lease.heldBy}.`);
    await context.pause(`Waiting for whoever changes ${name} ${address}`, 200 * clock.speed);
  }
}
