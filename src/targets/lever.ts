import { z } from "zod";
import { parsePointer } from "../document/edit.ts";
import { didYouMean } from "../errors.ts";
import { durationSchema } from "../schema/schema.ts";
import { isSetting, settings, type Lever, type Setting } from "../timeline/setting.ts";
import type { Calls } from "./httpCall.ts";
import { mistakeIn, placeholders } from "./placeholder.ts";

/** Where one setting stands at a target and how it is spelled there. */
export interface LeverSettings {
  /** address with placeholders */
  at: string;
  /** JSON pointer with placeholders, into the text at the address; left out: the text is the value */
  pointer?: string | undefined;
  /** what stands there for true and false; left out: true and false */
  true?: Spelling | undefined;
  false?: Spelling | undefined;
  /** there is a list, and the value is whether this is in it */
  member?: string | undefined;
  /** a key that is absent may be made */
  create: boolean;
  /** false: the other side only records the wish */
  enforced: boolean;
  /** ms */
  settles?: number | undefined;
  /** what is started anew after a write, so that its readers see it; only where a target can do that */
  restart?: string | undefined;
  /** the field of a hash that stands at the address, with placeholders (redis) */
  field?: string | undefined;
  /** the request of a write, where it is not the text at the address (http) */
  write?: Calls | undefined;
}
export type Spelling = string | number | boolean;
export type Levers = Record<string, LeverSettings>;

const template = z.string().superRefine((text, context) => {
  const mistake = mistakeIn(text);
  if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake });
});

/** A JSON pointer with placeholders. */
export const pointerSchema = template.refine((text) => parsePointer(text) !== undefined, {
  message: "needs a JSON pointer like /routes/{route}/enabled",
});

const settingSchema = z.string().superRefine((name, context) => {
  if (isSetting(name)) return;
  context.addIssue({ code: "custom", message: `is no setting${didYouMean(name, settings)}` });
});

const spelling = z.union([z.string(), z.number(), z.boolean()]);
const options = {
  true: spelling.optional(),
  false: spelling.optional(),
  member: template.optional(),
  create: z.boolean().default(false),
  enforced: z.boolean().default(true),
  settles: durationSchema.optional(),
};
type Options = Omit<LeverSettings, "at" | "pointer">;

function consistent({ true: yes, false: no, member }: Options): boolean {
  return (yes === undefined) === (no === undefined) && (yes === undefined || (yes !== no && member === undefined));
}
const inconsistent = { message: "needs both true and false, different, and not together with member" };

function short(at: string): LeverSettings {
  return { at, create: false, enforced: true };
}

/**
 * `setting: address`, or the address with what else is to be known; `at` checks an address. `more`: what only some targets
 * can do.
 */
export function leversSchema(
  at: z.ZodType<string>,
  more: Partial<Record<"restart" | "field", z.ZodType<string | undefined>>> & {
    write?: z.ZodType<Calls | undefined>;
  } = {},
): z.ZodType<Levers> {
  const whole = z.strictObject({ at, pointer: pointerSchema.optional(), ...options, ...more });
  const long = (whole as z.ZodType<LeverSettings>).refine(consistent, inconsistent);
  return z.record(settingSchema, z.union([at.transform(short), long]));
}

/** Levers whose address is a pointer into one text. */
export const pointerLeversSchema: z.ZodType<Levers> = z.record(
  settingSchema,
  z.union([
    pointerSchema.transform((pointer) => ({ ...short(""), pointer })),
    z
      .strictObject({ at: pointerSchema, ...options })
      .refine(consistent, inconsistent)
      .transform(({ at, ...more }) => ({ ...more, at: "", pointer: at })),
  ]),
);

/** An address; `wanted` says in words what it must be. */
export function addressSchema(fits: (address: string) => boolean, wanted: string): z.ZodType<string> {
  return template.refine(fits, { message: `needs ${wanted}` });
}

/** Setting → its whole address at a place, as it is written. */
export function addressesOf(levers: Levers, place: string): Record<string, string> {
  const whole = ({ at, pointer = "", member = "" }: LeverSettings) => JSON.stringify([place + at, pointer, member]);
  return Object.fromEntries(Object.entries(levers).map(([setting, lever]) => [setting, whole(lever)]));
}

/** What a target offers, told from its settings alone. */
export function leversOf(levers: Levers, target: { conditional: boolean; settles: number }): Lever[] {
  return Object.entries(levers).map(([setting, { at, pointer = "", member = "", enforced, settles, restart }]) => ({
    setting: setting as Setting,
    scope: placeholders(`${at} ${pointer} ${member}`),
    conditional: target.conditional,
    settles: settles ?? target.settles,
    enforced,
    ...(restart === undefined ? {} : { restart }),
  }));
}
