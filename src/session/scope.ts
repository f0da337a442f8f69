import { didYouMean, exit, UserError } from "../errors.ts";
import { dimensions, isDimension, type Scope } from "../timeline/scope.ts";

/** `["route=support.reply", "tenant=acme"]` as typed after `--scope`. */
export function readScope(given: readonly string[]): Scope {
  const scope: Record<string, string> = {};
  for (const pair of given) {
    const [dimension = "", ...rest] = pair.split("=");
    const value = rest.join("=");
    if (!isDimension(dimension))
      throw new UserError({
        what: `--scope ${pair}: there is no dimension ${JSON.stringify(dimension)}${didYouMean(dimension, dimensions)}`,
        next: `one of: ${dimensions.join(", ")}`,
        code: exit.usage,
      });
    if (value === "" || scope[dimension] !== undefined)
      throw new UserError({
        what: value === "" ? `--scope ${pair} names no ${dimension}.` : `--scope names two values for ${dimension}.`,
        next: `--scope ${dimension}=VALUE; several are several changes`,
        code: exit.usage,
      });
    scope[dimension] = value;
  }
  return scope;
}
