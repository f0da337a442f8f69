import { z } from "zod";
import { didYouMean } from "../errors.ts";
import { durationSchema } from "../schema/schema.ts";
import { isSetting, settings } from "../timeline/setting.ts";
import { addressSchema, type Levers } from "./lever.ts";

/** What a lever can lie on, besides the router. An address is `kind:id:setting`. */
const kinds = ["key", "team", "deployment", "model"] as const;

/** Setting → what it can lie on. Only calls that work, and that can be read back. */
const offered: Record<string, readonly string[]> = {
  enabled: ["key", "team", "deployment"],
  blocked: ["key", "team", "deployment"],
  model: ["deployment"],
  rpm_limit: ["key", "team"],
  tpm_limit: ["key", "team"],
  budget_usd_per_hour: ["key", "team"],
  max_retries: ["router"],
  timeout_ms: ["router"],
  fallbacks: ["model"],
};

/** What one would look for, and why it is not there. */
const refused: Record<string, string> = {
  max_tokens:
    "LiteLLM has no cap on tokens: what a deployment says is a default that callers override; use tpm_limit or budget_usd_per_hour",
  cache:
    "its /cache/flushall is a FLUSHALL of the whole Redis, rate limits and spend with it, and cannot be taken back",
  max_fallbacks: "LiteLLM takes it and drops it",
};

const id = addressSchema((text) => !text.startsWith("sk-"), "the hash of a key, not the key itself");

const place = z.union([
  z.literal("router"),
  z
    .strictObject({
      key: id.optional(),
      team: id.optional(),
      deployment: id.optional(),
      /** the name that callers use */
      model: id.optional(),
      /** of fallbacks: on which failures */
      type: z.enum(["general", "context_window", "content_policy"]).optional(),
      settles: durationSchema.optional(),
      /** known, so that it can be said why not */
      customer: z.unknown().optional(),
    })
    .refine(({ customer }) => customer === undefined, {
      path: ["customer"],
      message:
        "is not offered: LiteLLM notes /customer/block, does not enforce it and cannot take it back; block the key or the team",
    })
    .refine((given) => "customer" in given || kinds.filter((kind) => given[kind] !== undefined).length === 1, {
      message: `needs one of ${kinds.join(", ")}`,
    })
    .refine(({ type, model }) => type === undefined || model !== undefined, { message: "has type without model" }),
]);
type Place = z.output<typeof place>;

export const litellmLevers: z.ZodType<Levers> = z
  .record(z.string(), place)
  .superRefine(refuseOther)
  .transform((given) =>
    Object.fromEntries(Object.entries(given).map(([setting, where]) => [setting, leverAt(setting, where)])),
  );

function kindOf(where: Place): string {
  return where === "router" ? where : kinds.find((kind) => where[kind] !== undefined)!;
}

function leverAt(setting: string, where: Place): Levers[string] {
  const lever = { pointer: "/value", create: false, enforced: true };
  if (where === "router") return { ...lever, at: `router::${setting}` };
  const kind = kindOf(where) as (typeof kinds)[number];
  const at = `${kind}:${encodeOwn(where[kind]!)}:`;
  const { settles } = where;
  if (kind === "model") return { ...lever, at: at + (where.type ?? "general"), settles };
  // what is off is what is blocked: one lever, whatever it is called
  if (setting === "enabled") return { ...lever, at: `${at}blocked`, settles, true: false, false: true };
  return { ...lever, at: at + setting, settles };
}

/** What the project writes out stands in an address as a value of a scope does: "bedrock/claude-v2:1" has a colon. */
function encodeOwn(id: string): string {
  return id.replace(/(\{[^{}]*\})|[^{}]+/g, (part, placeholder?: string) => placeholder ?? encodeURIComponent(part));
}

function refuseOther(given: Record<string, Place>, context: z.RefinementCtx): void {
  const { enabled, blocked } = given;
  if (blocked !== undefined && JSON.stringify(enabled) === JSON.stringify(blocked))
    context.addIssue({ code: "custom", path: ["blocked"], message: "is enabled under another name: name it once" });
  for (const [setting, where] of Object.entries(given)) {
    const on = offered[setting];
    if (on?.includes(kindOf(where))) continue;
    const message =
      on !== undefined
        ? `lies on ${on.join(" or ")} at LiteLLM`
        : (refused[setting] ??
          (isSetting(setting)
            ? "is not offered by LiteLLM in a way that works and can be read back"
            : `is no setting${didYouMean(setting, settings)}`));
    context.addIssue({ code: "custom", path: [setting], message });
  }
}
