import { z } from "zod";
import { parseDocument, type Document, type Finding } from "../document/document.ts";
import { checkSchema } from "../schema/schema.ts";
import type { Unit } from "../timeline/measurement.ts";
import type { Healthy, Worse } from "../timeline/verdict.ts";
import { healthySchema } from "./healthy.ts";

const units = [
  "usd",
  "usd/h",
  "ratio",
  "s",
  "tokens",
  "tokens/s",
  "1/s",
  "1/min",
  "factor",
  "score",
  "count",
  "none",
] as const satisfies readonly Unit[];
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
  /** where to look when nothing here computes it, in words */
  instead?: string;
}

export type Catalogue = ReadonlyMap<string, Signal>;

/** How a signal is described, in the catalogue and by a project. */
export const properties = {
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
  z.strictObject({
    ...properties,
    additive: properties.additive.default(false),
    objective: properties.objective.optional(),
    instead: z.string().optional(),
  }),
);

export interface Text {
  text: string;
  file: string;
}

export function readCatalogue({ text, file }: Text): { catalogue?: Catalogue; findings: Finding[] } {
  const { document, findings } = parseDocument(text, file);
  return document === undefined ? { findings } : readSignals(document, "signals");
}

/** The catalogue that a YAML text is. */
export function readSignals(document: Document, rule: string): { catalogue?: Catalogue; findings: Finding[] } {
  const { value, findings } = checkSchema(catalogueSchema, document, rule);
  if (value === undefined) return { findings };
  return { catalogue: new Map(Object.entries(value).map(([name, entry]) => [name, signalOf(name, entry)])), findings };
}

/** A signal from what is told of it, the rest as for one that nobody knows. */
export function signalOf(name: string, given: { [K in keyof Omit<Signal, "name">]?: Signal[K] | undefined }): Signal {
  return {
    name,
    label: given.label ?? name.replaceAll("_", " "),
    unit: given.unit ?? "none",
    layer: given.layer ?? "behaviour",
    worse: given.worse ?? "either",
    additive: given.additive ?? false,
    ...(given.objective === undefined ? {} : { objective: given.objective }),
    ...(given.instead === undefined ? {} : { instead: given.instead }),
  };
}
