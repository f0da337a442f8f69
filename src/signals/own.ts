import { z } from "zod";
import type { Language } from "../timeline/query.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import { properties, signalOf, type Catalogue } from "./catalogue.ts";
import type { Prices } from "./prices.ts";
import type { Query } from "./stack.ts";

const text = z.string().optional();
const languages = ["promql", "logql", "logsql", "sql", "signal"] as const satisfies readonly Language[];

/**
 * One entry of `signals` in `llmops.yaml`: the key of its query is the language. What it leaves out is taken from the
 * catalogue, and without a query the stack's stays.
 */
export const signalSchema = z
  .strictObject({
    promql: text,
    logql: text,
    logsql: text,
    sql: text,
    signal: text,
    labels: z.partialRecord(z.enum(dimensions), z.string()).optional(),
    note: text,
    ...z.strictObject(properties).partial().shape,
  })
  .refine(
    (entry) => languages.filter((language) => entry[language] !== undefined).length < 2,
    `expected only one of ${languages.slice(0, -1).join(", ")} and ${languages.at(-1)}`,
  );
export type SignalOverrides = Record<string, z.output<typeof signalSchema>>;

/** What the project says of signals. `dimensions`: which of the stack's dimensions plays the part. */
export interface Own {
  overrides?: SignalOverrides;
  dimensions?: Partial<Record<Dimension, string>>;
  prices?: Prices;
}

/** Puts the project's own signals over those of the stack; returns all that are known then. */
export function override(catalogue: Catalogue, queries: Map<string, Query>, overrides: SignalOverrides): Catalogue {
  const known = new Map(catalogue);
  for (const [name, { labels, note, ...given }] of Object.entries(overrides)) {
    const signal = signalOf(name, { ...catalogue.get(name), ...defined(given) });
    known.set(name, signal);
    const before = queries.get(name);
    const language = languages.find((one) => given[one] !== undefined);
    const more = { ...(labels === undefined ? {} : { labels }), ...(note === undefined ? {} : { note }) };
    if (language !== undefined) queries.set(name, { ...signal, language, text: given[language]!, own: true, ...more });
    else if (before !== undefined) queries.set(name, { ...before, ...signal, ...more });
  }
  return known;
}

function defined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}
