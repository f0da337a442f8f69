import { z } from "zod";
import { parseDocument, type Document, type Finding } from "../document/document.ts";
import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { checkSchema } from "../schema/schema.ts";
import { respell } from "../queries/respell.ts";
import type { Language } from "../timeline/query.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import type { Catalogue, Signal, Text } from "./catalogue.ts";
import { estimateCosts } from "./estimate.ts";
import { familyOf, spellings } from "./families.ts";
import { override, type Own } from "./own.ts";

export { readCatalogue, type Catalogue, type Signal, type Text } from "./catalogue.ts";
export type { SignalOverrides } from "./own.ts";
export type { Prices } from "./prices.ts";

/**
 * A signal with what computes it, in the words of `language`: a finished expression, an SQL aggregate expression over call
 * records, or the name that a source which computes signals knows it by.
 */
export interface Query extends Signal {
  language: Language;
  text: string;
  /** the project's own: nothing else answers this signal */
  own?: true;
  /** what is near the signal but not the signal, for whoever reads the value */
  note?: string;
  /** dimension → label of all its metrics, where the families do not know them */
  labels?: Partial<Record<Dimension, string>>;
}

/** Which query answers which signal, and how its metrics spell our dimensions. */
export interface Stack {
  /** "" where the project names none */
  name: string;
  /** of its own queries; the project's may be in another */
  language: Language;
  queries: ReadonlyMap<string, Query>;
  catalogue: Catalogue;
  /** signal → why the stack has no query for it and what to look at instead, in words */
  without: ReadonlyMap<string, string>;
  /** beginnings of metric names that other applications have too */
  common: readonly string[];
  /** the label that plays the part of a dimension in a metric; undefined: the metric or the dimension is not known */
  label(metric: string, dimension: Dimension): string | undefined;
  /** dimension → label as the stack's metrics mostly have it, to read an alert's labels */
  labels: Partial<Record<Dimension, string>>;
  /** what its metrics are told apart by: dimensions, and what a project can put in their place */
  parts: ReadonlySet<string>;
}

/** `runbooks/signals/<stack>.yaml` */
export const stackSchema = z.strictObject({
  stack: z.string(),
  language: z.enum(["promql", "sql"]),
  families: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** beginning of a metric's name → how other versions spell it */
  spellings: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  common: z.array(z.string()).default([]),
  signals: z.record(z.string(), z.union([z.string(), z.strictObject({ query: z.string(), note: z.string() })])),
  without: z.record(z.string(), z.string()).default({}),
});

/** `stack` left out: the project names none, only its own signals are there. */
export function readStack({ catalogue, stack, ...own }: { catalogue: Catalogue; stack?: Text } & Own): {
  stack?: Stack;
  findings: Finding[];
} {
  if (stack === undefined) return { stack: stackOf(noStack, new Map(), catalogue, own), findings: [] };
  const { document, findings } = parseDocument(stack.text, stack.file);
  if (document === undefined) return { findings };
  const { value, findings: wrong } = checkSchema(stackSchema, document, "signals");
  if (value === undefined) return { findings: wrong };

  const queries = new Map<string, Query>();
  for (const [name, entry] of Object.entries(value.signals)) {
    const { query, ...note } = typeof entry === "string" ? { query: entry } : entry;
    const spelt = value.language === "promql" ? respell(query, (metric) => spellings(value.spellings, metric)) : query;
    const signal = catalogue.get(name);
    if (signal !== undefined) queries.set(name, { ...signal, language: value.language, text: spelt, ...note });
  }
  for (const key of ["signals", "without"] as const)
    for (const name of Object.keys(value[key]))
      if (!catalogue.has(name)) findings.push(unknownSignal([key, name], catalogue, document));
  return { findings, stack: stackOf(value, queries, catalogue, own) };
}

/** A stack as it is written. */
export type StackFile = z.output<typeof stackSchema>;
const noStack: StackFile = stackSchema.parse({ stack: "", language: "promql", signals: {} });

function stackOf(written: StackFile, queries: Map<string, Query>, catalogue: Catalogue, own: Own): Stack {
  const { overrides = {}, dimensions: parts = {}, prices = {} } = own;
  const { families } = written;
  const inFamily = (family: Record<string, string>, dimension: Dimension) => family[parts[dimension] ?? dimension];
  const known = override(catalogue, queries, overrides);
  const stack: Stack = {
    name: written.stack,
    language: written.language,
    queries,
    catalogue: known,
    without: new Map(Object.entries(written.without)),
    common: written.common,
    label: (metric, dimension) => inFamily(familyOf(families, metric) ?? {}, dimension),
    labels: Object.fromEntries(
      dimensions.flatMap((dimension) => {
        const label = Object.values(families)
          .map((family) => inFamily(family, dimension))
          .find((l) => l !== undefined);
        return label === undefined ? [] : [[dimension, label]];
      }),
    ),
    parts: new Set(Object.values(families).flatMap((family) => Object.keys(family))),
  };
  for (const estimate of estimateCosts(stack, prices)) queries.set(estimate.name, estimate);
  return stack;
}

function unknownSignal(path: [string, string], catalogue: Catalogue, document: Document): Finding {
  const message = `there is no signal ${harmless(path[1])}${didYouMean(path[1], catalogue.keys())}`;
  return { file: document.file, ...document.at(path, true), rule: "signals", severity: "error", message };
}
