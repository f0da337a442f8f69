import { z } from "zod";

export const needs = ["tools", "json", "vision"] as const;
export type Need = (typeof needs)[number];

const tokens = z.int().positive();

/** What is known of one model. What is left out is not known, which is neither yes nor no. */
const known = {
  provider: z.string().min(1),
  /** the longest prompt that it takes, tokens */
  context: tokens,
  /** the longest answer that it gives, tokens */
  max_output: tokens,
  /** calls functions · keeps to a JSON schema · sees images */
  tools: z.boolean(),
  json: z.boolean(),
  vision: z.boolean(),
  /** US dollars for a million tokens */
  price: z.strictObject({ in: z.number().nonnegative(), out: z.number().nonnegative() }),
  /** other names that it is asked for or reported by */
  aliases: z.array(z.string().min(1)),
  /** where it is served */
  regions: z.array(z.string().min(1)),
  /** where the figures are from, and when they were compared with it: 2026-11-21 */
  source: z.string().min(1),
  checked: z.iso.date(),
};

export const factsSchema = z.strictObject(known).partial();
export type Facts = z.output<typeof factsSchema>;

/** `models` in `llmops.yaml`: names, or name → what is known of it. */
export const modelsSchema = z
  .union([z.array(z.string()), z.record(z.string(), z.union([factsSchema, z.null().transform(() => ({}))]))])
  .transform((given): Record<string, Facts> =>
    Array.isArray(given) ? Object.fromEntries(given.map((name) => [name, {}])) : given,
  );

/** `runbooks/models/catalogue.yaml` */
export const catalogueSchema = z.record(
  z.string(),
  factsSchema.required({ provider: true, source: true, checked: true }),
);

/** One entry of `routes` in `llmops.yaml`. */
const routeSchema = z.strictObject({
  criticality: z.number().optional(),
  owner: z.string().optional(),
  fallback: z.string().optional(),
  /** what its calls ask of a model */
  needs: z.array(z.enum(needs)).optional(),
  /** where its calls must stay */
  region: z.string().optional(),
});
export const routesSchema = z.record(z.string(), routeSchema);
export type Route = z.output<typeof routeSchema>;
