import { didYouMean, exit, UserError } from "../errors.ts";
import { every } from "../steps/lever.ts";
import { dimensions, isDimension, type Dimension, type Scope } from "../timeline/scope.ts";

/** `["route=support.reply", "tenant=acme"]` as typed after `--scope`, with one value each: what an incident is about. */
export function readScope(given: readonly string[]): Scope {
  const scope: { [D in Dimension]?: string } = {};
  for (const { dimension, value } of given.map(readPair)) {
    if (scope[dimension] !== undefined)
      throw wrong(`--scope names two values for ${dimension}.`, "name one, or leave it out: it is narrowed later");
    if (value === every)
      throw wrong(`--scope ${dimension}=* is no single ${dimension}.`, `leave ${dimension} out to mean all of them`);
    scope[dimension] = value;
  }
  return scope;
}

/** The same where several values of one dimension are several changes. */
export function readScopes(given: readonly string[]): Scope[] {
  const values = new Map<Dimension, Set<string>>();
  for (const { dimension, value } of given.map(readPair))
    values.set(dimension, (values.get(dimension) ?? new Set()).add(value));
  let scopes: Scope[] = [{}];
  for (const [dimension, some] of values) {
    if (some.has(every) && some.size > 1)
      throw wrong(`--scope ${dimension}=* has all of them already.`, `leave the other ${dimension}s out`);
    scopes = scopes.flatMap((scope) => [...some].map((value) => ({ ...scope, [dimension]: value })));
  }
  return scopes;
}

/** What all of these scopes lie in. */
export function commonScope([first = {}, ...others]: readonly Scope[]): Scope {
  const shared = dimensions.filter(
    (d) => first[d] !== undefined && first[d] !== every && others.every((other) => other[d] === first[d]),
  );
  return Object.fromEntries(shared.map((d) => [d, first[d]!]));
}

function readPair(pair: string): { dimension: Dimension; value: string } {
  const [dimension = "", ...rest] = pair.split("=");
  const value = rest.join("=");
  if (!isDimension(dimension))
    throw wrong(
      `--scope ${pair}: there is no dimension ${JSON.stringify(dimension)}${didYouMean(dimension, dimensions)}`,
      `one of: ${dimensions.join(", ")}`,
    );
  if (value === "") throw wrong(`--scope ${pair} names no ${dimension}.`, `--scope ${dimension}=VALUE`);
  return { dimension, value };
}

function wrong(what: string, next: string): UserError {
  return new UserError({ what, next, code: exit.usage });
}
