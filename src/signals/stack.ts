import { z } from "zod";
import { parseDocument, type Document, type Finding } from "../document/document.ts";
import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { checkSchema } from "../schema/schema.ts";
import type { Language } from "../timeline/query.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import { properties, signalOf, type Catalogue, type Signal, type Text } from "./catalogue.ts";

export { readCatalogue, type Catalogue, type Signal, type Text } from "./catalogue.ts";

/** A signal with what computes it: plain PromQL, or an SQL aggregate expression over call records. */
export interface Query extends Signal {
  text: string;
  /** dimension → label of all its metrics, where the families do not know them */
  labels?: Partial<Record<Dimension, string>>;
}

/** Which query answers which signal, and how its metrics spell our dimensions. */
export interface Stack {
  name: string;
  language: Language;
  queries: ReadonlyMap<string, Query>;
  catalogue: Catalogue;
  /** the label that plays the part of a dimension in a metric; undefined: the metric or the dimension is not known */
  label(metric: string, dimension: Dimension): string | undefined;
  /** dimension → label as the stack's metrics mostly have it, to read an alert's labels */
  labels: Partial<Record<Dimension, string>>;
}

/** `runbooks/signals/<stack>.yaml` */
export const stackSchema = z.strictObject({
  stack: z.string(),
  language: z.enum(["promql", "sql"]),
  families: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  signals: z.record(z.string(), z.string()),
});

/** One entry of `signals` in `llmops.yaml`: what it leaves out is taken from the catalogue. */
export const signalSchema = z
  .strictObject({
    promql: z.string().optional(),
    sql: z.string().optional(),
    labels: z.partialRecord(z.enum(dimensions), z.string()).optional(),
    ...z.strictObject(properties).partial().shape,
  })
  .refine((s) => s.promql === undefined || s.sql === undefined, "expected only one of promql and sql");
export type SignalOverrides = Record<string, z.output<typeof signalSchema>>;

/** `overrides` and `dimensions` are the project's; `dimensions` says which of the stack's dimensions plays the part. */
export function readStack({
  catalogue,
  stack,
  overrides = {},
  dimensions: parts = {},
}: {
  catalogue: Catalogue;
  stack: Text;
  overrides?: SignalOverrides;
  dimensions?: Partial<Record<Dimension, string>>;
}): { stack?: Stack; findings: Finding[] } {
  const { document, findings } = parseDocument(stack.text, stack.file);
  if (document === undefined) return { findings };
  const { value, findings: wrong } = checkSchema(stackSchema, document, "signals");
  if (value === undefined) return { findings: wrong };

  const { language, families } = value;
  const queries = new Map<string, Query>();
  for (const [name, text] of Object.entries(value.signals)) {
    const signal = catalogue.get(name);
    if (signal !== undefined) queries.set(name, { ...signal, text });
    else findings.push(unknownSignal(name, catalogue, document));
  }
  const known = override({ catalogue, queries, language }, overrides);
  const inFamily = (family: Record<string, string>, dimension: Dimension) => family[parts[dimension] ?? dimension];
  return {
    findings,
    stack: {
      name: value.stack,
      language,
      queries,
      catalogue: known,
      label: (metric, dimension) => inFamily(familyOf(families, metric) ?? {}, dimension),
      labels: Object.fromEntries(
        dimensions.flatMap((dimension) => {
          const label = Object.values(families)
            .map((family) => inFamily(family, dimension))
            .find((l) => l !== undefined);
          return label === undefined ? [] : [[dimension, label]];
        }),
      ),
    },
  };
}

function unknownSignal(name: string, catalogue: Catalogue, document: Document): Finding {
  const message = `there is no signal ${harmless(name)}${didYouMean(name, catalogue.keys())}`;
  return { file: document.file, ...document.at(["signals", name], true), rule: "signals", severity: "error", message };
}

/** Puts the project's own signals over those of the stack; returns all that are known then. */
function override(
  { catalogue, queries, language }: { catalogue: Catalogue; queries: Map<string, Query>; language: Stack["language"] },
  overrides: SignalOverrides,
): Catalogue {
  const known = new Map(catalogue);
  for (const [name, { promql, sql, labels, ...given }] of Object.entries(overrides)) {
    const signal = signalOf(name, { ...catalogue.get(name), ...defined(given) });
    known.set(name, signal);
    const text = (language === "promql" ? promql : sql) ?? queries.get(name)?.text;
    if (text !== undefined) queries.set(name, { ...signal, text, ...(labels === undefined ? {} : { labels }) });
  }
  return known;
}

/** The family of a metric: its own name, else the longest beginning that is listed with a "*". */
function familyOf(
  families: Record<string, Record<string, string>>,
  metric: string,
): Record<string, string> | undefined {
  if (Object.hasOwn(families, metric)) return families[metric];
  const fitting = Object.keys(families).filter((key) => key.endsWith("*") && metric.startsWith(key.slice(0, -1)));
  const longest = fitting.reduce((a, b) => (b.length > a.length ? b : a), "");
  return longest === "" ? undefined : families[longest];
}

function defined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}
