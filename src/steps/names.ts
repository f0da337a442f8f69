import { didYouMean, exit, likeliest, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Odd } from "../timeline/event.ts";
import type { Offer } from "./lever.ts";
import type { Context } from "./context.ts";

/** So many routes are read for the models that are live on them. */
const mostReads = 20;

/**
 * A name that the project, the target and the source have never seen is refused with the nearest; where nobody knows any,
 * or a source cannot be asked, it looks like a slip, and only a person can say that it is none.
 */
export async function checkName(
  dimension: Dimension,
  name: string,
  at: { offer: Offer; scope: Scope },
  context: Context,
): Promise<Odd | undefined> {
  const known = new Set<string>();
  for (const look of [inProject, atTarget]) {
    for (const one of await look(dimension, at, context)) known.add(one);
    if (known.has(name)) return undefined;
  }
  const seen = await atSource(dimension, context);
  if (seen === undefined) {
    const unasked = `the source cannot be asked whether there is a ${dimension} ${JSON.stringify(name)}`;
    return { why: `${unasked}${didYouMean(name, known)}`, type: name };
  }
  for (const one of seen) known.add(one);
  if (known.has(name)) return undefined;
  const key = `${dimension}s:`;
  if (known.size === 0)
    return { why: `nothing here knows a ${dimension} ${JSON.stringify(name)}: no ${key} in llmops.yaml`, type: name };
  const near = didYouMean(name, known);
  throw new UserError({
    what: `Nothing here knows a ${dimension} ${JSON.stringify(name)}${near || "."} Known are: ${likeliest(name, known)
      .map((one) => harmless(one))
      .join(", ")}.`,
    next: `name one of these, or add it under ${key} in llmops.yaml`,
    code: exit.usage,
  });
}

type Look = (dimension: Dimension, at: { offer: Offer; scope: Scope }, context: Context) => Promise<string[]>;

const inProject: Look = async (dimension, _, context) => context.names(dimension);

/** What the target lists; models are values: those that are live for other routes. */
const atTarget: Look = async (dimension, { offer, scope }) => {
  const { target, lever } = offer;
  if (lever.setting !== dimension) return (await target.list?.(dimension)) ?? [];
  const [over] = lever.scope;
  const others = over === undefined ? [] : ((await target.list?.(over)) ?? []).filter((one) => one !== scope[over]);
  const values: string[] = [];
  for (const other of others.slice(0, mostReads)) {
    const read = await target.read(lever.setting, { ...scope, [over!]: other });
    if (!("error" in read) && "is" in read.value && typeof read.value.is === "string") values.push(read.value.is);
  }
  return values;
};

/** Undefined when it does not answer: a source that is down with the product does not know better than the caller. */
async function atSource(dimension: Dimension, context: Context): Promise<string[] | undefined> {
  if (!context.canMeasure) return [];
  const seen = await context.measure("known", { ask: { signal: "request_rate" }, by: dimension }, {});
  if (seen.outcome === "error") return undefined;
  return (seen.parts ?? []).map((part) => part.name).filter((name) => name !== "" && name !== "(none)");
}
