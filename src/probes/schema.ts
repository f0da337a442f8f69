import { z } from "zod";
import { parsePointer } from "../document/edit.ts";
import { durationSchema } from "../schema/schema.ts";
import { dimensions } from "../timeline/scope.ts";
import { secretSchema } from "../world/secret.ts";
import { mistakeIn } from "./template.ts";

const longestMs = 10_000;
const token = /^[!#$%&'*+.^_`|~\w-]+$/;

const pointer = z.string().refine((text) => parsePointer(text) !== undefined, "expected a JSON pointer, like /model");
const header = z.string().regex(token, "expected the name of a header");
/** where an answer says it */
const place = z.union([z.strictObject({ pointer }), z.strictObject({ header })]);
export type Place = z.output<typeof place>;

const statuses = z.array(z.int().min(400).max(599)).min(1);
/** such an answer with one of these texts in its JSON; a gateway may refuse by a friendly 200, too */
const reason = z.strictObject({
  status: z.array(z.int().min(200).max(599)).min(1),
  pointer,
  is: z.array(z.string()).min(1),
});

/** One entry of `probes` in `llmops.yaml`. */
export const probeSchema = z
  .strictObject({
    /** `{route}`-like placeholders may stand in its path and query, in headers and in the texts of the body */
    url: z.string(),
    headers: z.record(header, secretSchema).default({}),
    /** left out: a chat completion of one token */
    body: z.record(z.string(), z.json()).optional(),
    /** stands for what the request must name and a change does not */
    scope: z.partialRecord(z.enum(dimensions), z.string().min(1)).default({}),
    reports: z
      .strictObject({ model: place.optional(), provider: place.optional(), max_tokens: place.optional() })
      .default({}),
    /** how the gateway itself says no: by these statuses, or better by what its answer says */
    refused: z
      .union([statuses, reason, z.array(reason).min(1)])
      .default([403, 429, 503])
      .transform((given) => {
        const statuses = [given].flat().filter((one) => typeof one === "number");
        return { statuses, reasons: [given].flat().filter((one) => typeof one === "object") };
      }),
    deadline: durationSchema.refine((ms) => ms <= longestMs, { message: "needs at most 10s" }).default(longestMs),
  })
  .superRefine((value, context) => {
    const mistake = mistakeIn(value);
    if (mistake !== undefined) context.addIssue({ code: "custom", ...mistake });
  });
export type ProbeSettings = z.output<typeof probeSchema>;

/** `probes` in `llmops.yaml`: requests through a gateway that show whether a change is in effect. */
export const probesSchema = z.record(z.string(), probeSchema);
