import { z } from "zod";
import { evidenceSchema } from "../signals/evidence.ts";
import { idSchema } from "../steps/choices.ts";
import { conditionSchema } from "../steps/condition.ts";
import { stepKinds } from "../steps/index.ts";
import type { Step } from "../steps/step.ts";
import { incidentClasses, severities, type Severity } from "../timeline/event.ts";
import { dimensions } from "../timeline/scope.ts";
import { sayOneOf } from "../schema/words.ts";
import type { Runbook } from "./runbook.ts";

const text = z.string().trim().min(1);
const kinds = stepKinds.map(({ kind }) => kind);

/** Case-blind; P1–P4 mean SEV1–SEV4. */
export const severitySchema = z.string().transform((given, context): Severity => {
  const severity = severities.find((known) => known === given.toUpperCase().replace(/^P/, "SEV"));
  if (severity !== undefined) return severity;
  context.addIssue({ code: "custom", message: sayOneOf(severities, given) });
  return z.NEVER;
});

export const dateSchema = z.string().refine(isDate, { error: "needs a date like 2026-11-21" });

const stepSchema = z
  .strictObject({
    id: idSchema,
    title: text,
    when: conditionSchema.optional(),
    ...Object.fromEntries(stepKinds.map(({ kind, schema }) => [kind, (schema as z.ZodType).optional()])),
  })
  .superRefine((given, context) => {
    const [first, second] = kindsIn(given);
    if (first === undefined)
      context.addIssue({ code: "custom", message: `needs something to do: one of ${kinds.join(", ")}` });
    if (second !== undefined) {
      const message = `cannot stand beside \`${first}\`: a step does one thing, make two of it`;
      context.addIssue({ code: "custom", path: [second], message });
    }
  })
  .transform(({ id, title, when, ...given }): Step => {
    const kind = kindsIn(given)[0]!;
    return { id, title, kind, body: (given as Record<string, unknown>)[kind], ...(when === undefined ? {} : { when }) };
  });

/** One runbook file. */
export const runbookSchema: z.ZodType<Runbook> = z
  .strictObject({
    id: idSchema,
    title: text,
    class: z.enum(incidentClasses),
    severity: severitySchema,
    summary: text,
    alerts: z.array(text).default([]),
    scope: z.array(z.enum(dimensions)).default([]),
    owner: text.optional(),
    reviewed: dateSchema.optional(),
    evidence: z.record(idSchema, evidenceSchema, { error: "needs a map of id: signal" }).default({}),
    steps: z.array(stepSchema).min(1),
    follow_ups: z.array(text).default([]),
  })
  .transform(({ evidence, owner, reviewed, follow_ups: followUps, ...rest }) => ({
    ...rest,
    ...(owner === undefined ? {} : { owner }),
    ...(reviewed === undefined ? {} : { reviewed }),
    evidence: Object.entries(evidence).map(([id, ask]) => ({ id, ...ask })),
    followUps,
  }));

function kindsIn(given: Record<string, unknown>): string[] {
  return Object.keys(given).filter((key) => kinds.includes(key) && given[key] !== undefined);
}

function isDate(given: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(given) ? new Date(`${given}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(given);
}
