import { z } from "zod";
import { parseDocument, type Finding } from "../document.ts";
import { didYouMean } from "../errors.ts";
import { checkSchema } from "../schema.ts";
import { dimensions, type Dimension } from "../timeline/scope.ts";
import type { Unit } from "../timeline/measurement.ts";
import type { Healthy, Worse } from "../timeline/verdict.ts";
import { healthySchema } from "./healthy.ts";

const units = ["usd", "usd/h", "ratio", "s", "tokens", "tokens/s", "1/s", "1/min", "factor", "score", "count", "none"] as const satisfies readonly Unit[];
const layers = ["infrastructure", "api", "behaviour", "quality"] as const;

/** What is known of a signal whatever computes it. */
export interface Signal {
  name: string;
  /** a few words for the screen: "cost per hour" */
  label: string;
  unit: Unit;
  layer: (typeof layers)[number];
  worse: Worse;
  /** the parts of a split add up to the whole */
  additive: boolean;
  /** what counts as healthy where neither the runbook nor the project says it */
  objective?: Healthy;
}

export type Catalogue = ReadonlyMap<string, Signal>;

/** A signal with what computes it: plain PromQL, or an SQL aggregate expression over call records. */
export interface Query extends Signal {
  text: string;
  /** dimension → label of all its metrics, where the families do not know them */
  labels?: Partial<Record<Dimension, string>>;
}

/** Which query answers which signal, and how its metrics spell our dimensions. */
export interface Stack {
  name: string;
  language: "promql" | "sql";
  queries: ReadonlyMap<string, Query>;
  catalogue: Catalogue;
  /** the label that plays the part of a dimension in a metric; undefined: the metric or the dimension is not known */
  label(metric: string, dimension: Dimension): string | undefined;
  /** dimension → label as the stack's metrics mostly have it, to read an alert's labels */
  labels: Partial<Record<Dimension, string>>;
}

const properties = {
  label: z.string(),
  unit: z.enum(units),
  layer: z.enum(layers),
  worse: z.enum(["up", "down", "either"]),
  additive: z.boolean(),
  objective: healthySchema,
};

/** `runbooks/signals/catalogue.yaml` */
export const catalogueSchema = z.record(
  z.string(),
  z.strictObject({ ...properties, additive: properties.additive.default(false), objective: properties.objective.optional() }),
);

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

export interface Text {
  text: string;
  file: string;
}

export function readCatalogue({ text, file }: Text): { catalogue?: Catalogue; findings: Finding[] } {
  const { document, findings } = parseDocument(text, file);
  if (document === undefined) return { findings };
  const checked = checkSchema(catalogueSchema, document, "signals");
  if (checked.value === undefined) return { findings: checked.findings };
  return { catalogue: new Map(Object.entries(checked.value).map(([name, entry]) => [name, signalOf(name, entry)])), findings };
}

/** `overrides` and `dimensions` are the project's; `dimensions` says which of the stack's dimensions plays the part. */
export function readStack({ catalogue, stack, overrides = {}, dimensions: parts = {} }: {
  catalogue: Catalogue;
  stack: Text;
  overrides?: SignalOverrides;
  dimensions?: Partial<Record<Dimension, string>>;
}): { stack?: Stack; findings: Finding[] } {
  const { document, findings } = parseDocument(stack.text, stack.file);
  if (document === undefined) return { findings };
  const { value, findings: wrong } = checkSchema(stackSchema, document, "signals");
  if (value === undefined) return { findings: wrong };

  const known = new Map(catalogue);
  const queries = new Map<string, Query>();
  for (const [name, text] of Object.entries(value.signals)) {
    const signal = catalogue.get(name);
    if (signal !== undefined) queries.set(name, { ...signal, text });
    else {
      const message = `there is no signal ${name}${didYouMean(name, catalogue.keys())}`;
      findings.push({ file: stack.file, ...document.at(["signals", name], true), rule: "signals", severity: "error", message });
    }
  }
  for (const [name, { promql, sql, labels, ...given }] of Object.entries(overrides)) {
    const signal = signalOf(name, { ...catalogue.get(name), ...defined(given) });
    known.set(name, signal);
    const old = queries.get(name);
    const text = (value.language === "promql" ? promql : sql) ?? old?.text;
    if (text !== undefined) queries.set(name, { ...signal, text, ...(labels === undefined ? {} : { labels }) });
  }
  const inFamily = (family: Record<string, string>, dimension: Dimension) => family[parts[dimension] ?? dimension];
  return {
    findings,
    stack: {
      name: value.stack,
      language: value.language,
      queries,
      catalogue: known,
      label: (metric, dimension) => inFamily(familyOf(value.families, metric) ?? {}, dimension),
      labels: Object.fromEntries(
        dimensions.flatMap((dimension) => {
          const label = Object.values(value.families).map((family) => inFamily(family, dimension)).find((l) => l !== undefined);
          return label === undefined ? [] : [[dimension, label]];
        }),
      ),
    },
  };
}

/** The family of a metric: its own name, else the longest beginning that is listed with a "*". */
function familyOf(families: Record<string, Record<string, string>>, metric: string): Record<string, string> | undefined {
  if (Object.hasOwn(families, metric)) return families[metric];
  const fitting = Object.keys(families).filter((key) => key.endsWith("*") && metric.startsWith(key.slice(0, -1)));
  const longest = fitting.reduce((a, b) => (b.length > a.length ? b : a), "");
  return longest === "" ? undefined : families[longest];
}

function signalOf(name: string, given: { [K in keyof Omit<Signal, "name">]?: Signal[K] | undefined }): Signal {
  return {
    name,
    label: given.label ?? name.replaceAll("_", " "),
    unit: given.unit ?? "none",
    layer: given.layer ?? "behaviour",
    worse: given.worse ?? "either",
    additive: given.additive ?? false,
    ...(given.objective === undefined ? {} : { objective: given.objective }),
  };
}

function defined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}
