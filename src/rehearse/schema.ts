import { z } from "zod";
import type { Json } from "../document/tree.ts";
import { durationSchema } from "../schema/schema.ts";
import { idSchema } from "../steps/choices.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";
import { isSetting, type Setting } from "../timeline/setting.ts";

const text = z.string().trim().min(1);
const word = z.union([z.string().min(1), z.boolean(), z.number()]).transform(String);

/** One word, or one for each case of the test; nothing (~) in a case that has none. */
const perCase = z.union([word, z.array(word.nullable()).min(1)]);
export type PerCase = z.output<typeof perCase>;

const names = z.union([word, z.array(word).min(1)]).transform((given) => [given].flat());

/** The names of a reading's parts, largest first. */
const parts = z
  .strictObject({ concentrated: names.optional(), spread: names.optional() })
  .transform(({ concentrated, spread }, context): Reading => {
    if ((concentrated === undefined) === (spread === undefined))
      context.addIssue({ code: "custom", message: "needs either concentrated or spread, with names" });
    return spread === undefined
      ? { outcome: "concentrated", names: concentrated ?? [] }
      : { outcome: "spread", names: spread };
  });

/** What one reading ends in. */
const reading = z.union([parts, word.transform((outcome): Reading => ({ outcome }))]);
export interface Reading {
  outcome: string;
  names?: string[];
}

const readings = z.union([reading.transform((one) => [one]), z.array(reading).min(1)]);

const oneScope = Object.fromEntries(dimensions.map((d) => [d, word.optional()])) as Record<
  Dimension,
  z.ZodOptional<typeof word>
>;
const scope = z.strictObject(oneScope);

const setting = z.custom<Setting>((given) => typeof given === "string" && isSetting(given), {
  error: ({ input }) => (input === undefined ? "is missing" : "needs a setting like enabled, max_tokens or tools.NAME"),
});
const json = z.unknown() as z.ZodType<Json>;

export const writes = ["written", "refused", "conflict", "unknown"] as const;
export const effects = ["seen", "unseen", "unreadable"] as const;

const written = z.enum(writes);

/** A setting as it stands before; without `is` nothing stands there. */
const place = z
  .strictObject({
    setting,
    ...oneScope,
    is: json.optional(),
    target: text.default("config"),
    /** what it answers to a write; a list: to one after the other, the last to all that follow */
    write: z.union([written.transform((one) => [one]), z.array(written).min(1)]).default(["written"]),
    /** whether a change of it is seen from a second source */
    effect: z.enum(effects).default("seen"),
  })
  .transform(({ setting: of, is, target, write, effect, ...rest }) => ({
    setting: of,
    scope: within(rest),
    ...(is === undefined ? {} : { is }),
    target,
    write,
    effect,
  }));
export type Place = z.output<typeof place>;

/** One planned change; without `before` or `after` nothing stands there. */
const moved = z
  .strictObject({
    do: text,
    setting,
    ...oneScope,
    before: json.optional(),
    after: json.optional(),
    for: durationSchema.optional(),
  })
  .transform(({ do: mitigation, setting: of, before, after, for: forMs, ...rest }) => ({
    do: mitigation,
    setting: of,
    scope: within(rest),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(forMs === undefined ? {} : { forMs }),
  }));
export type Moved = z.output<typeof moved>;

const sent = z.union([
  z.strictObject({ notify: text, text: text.optional() }),
  z.strictObject({ escalate: z.int() }),
  z.strictObject({ run: z.union([text, z.array(word).min(1)]) }),
]);
export type Sent = z.output<typeof sent>;

/** What must happen, and nothing else. `each`: what `answers` or `outcomes` say in each case. */
const expected = z.strictObject({
  steps: z.record(idSchema, perCase, { error: "needs a map of step: outcome" }),
  changes: z.array(moved).default([]),
  sent: z.array(sent).default([]),
});
export type Expected = z.output<typeof expected>;

const given = {
  scope: scope.transform((one) => within(one)).optional(),
  alert: z.strictObject({ name: text.optional(), labels: z.record(z.string(), word) }).optional(),
  evidence: z.record(idSchema, readings, { error: "needs a map of evidence: outcome" }).default({}),
  state: z.array(place).optional(),
  defaults: z.object({ for: durationSchema.optional() }).catchall(z.record(z.string(), z.unknown())).default({}),
  answers: z.record(z.string(), perCase, { error: "needs a map of step: answer" }).default({}),
  outcomes: z.record(idSchema, perCase, { error: "needs a map of step: outcome" }).default({}),
};

const test = z.strictObject({ name: text, ...given, expect: expected.optional() });
export type Test = z.output<typeof test>;

/** A `*.test.yaml` file. What stands beside `tests` holds for all of them, where they do not say otherwise. */
export const testSchema = z.strictObject({
  runbook: idSchema,
  scope: given.scope,
  evidence: given.evidence,
  state: given.state,
  defaults: given.defaults,
  answers: given.answers,
  tests: z.array(test).min(1),
});
export type TestFile = z.output<typeof testSchema>;

function within(rest: { [D in Dimension]?: string | undefined }): Scope {
  return Object.fromEntries(dimensions.flatMap((d) => (rest[d] === undefined ? [] : [[d, rest[d]]])));
}
