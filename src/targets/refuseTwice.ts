import type { z } from "zod";
import { targetKinds } from "./index.ts";

/** One lever under two names would be two: nobody would see that a change lies on another. */
export function refuseTwice(
  targets: Record<string, { kind: string; settings: unknown }>,
  context: z.RefinementCtx,
): void {
  const names = new Map<string, string>();
  for (const [name, { kind, settings }] of Object.entries(targets)) {
    const addresses =
      settings === undefined ? {} : (targetKinds.find((k) => k.kind === kind)?.addresses(settings as never) ?? {});
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
