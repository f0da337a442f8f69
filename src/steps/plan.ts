import { UserError } from "../errors.ts";
import type { Read } from "../targets/target.ts";
import type { Plan } from "../timeline/event.ts";
import type { Lever } from "../timeline/setting.ts";

/** Who answered the read that a plan stands on, and what the lever can do. */
export function readOf(
  { identity, at, version }: Exclude<Read, { error: string }>,
  lever: Lever,
): Plan["reads"][number] {
  const { conditional, enforced, settles } = lever;
  return { identity, at, conditional: conditional && version !== null, enforced, settles };
}

export function unreadable({ error, nearest = [] }: Extract<Read, { error: string }>): UserError {
  const near = nearest.length === 0 ? "" : ` There are: ${nearest.join(", ")}.`;
  return new UserError({
    what: `${error.replace(/\.$/, "")}.${near}`,
    next: "name another scope, or see that the target answers",
  });
}
