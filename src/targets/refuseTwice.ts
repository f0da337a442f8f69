import type { z } from "zod";
import type { TargetKind } from "./target.ts";

/** One lever under two names would be two: nobody would see that a change lies on another. */
export function refuseTwice(
  targets: Record<string, { settings: unknown; of: Pick<TargetKind, "addresses"> }>,
  context: z.RefinementCtx,
): void {
  const names = new Map<string, string>();
  for (const [name, { settings, of }] of Object.entries(targets)) {
    const addresses = settings === undefined ? {} : of.addresses(settings);
    for (const [setting, address] of Object.entries(addresses)) {
      const key = `${setting} ${address}`;
      const other = names.get(key);
      if (other !== undefined)
        context.addIssue({
          code: "custom",
          path: [name],
          message: `has ${setting} at the same address as ${other}: name it once`,
        });
      names.set(key, name);
    }
  }
}
