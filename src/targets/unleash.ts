import { z } from "zod";
import { parsePointer } from "../document/edit.ts";
import { durationSchema } from "../schema/schema.ts";
import { secretSchema } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import { connectionShape, openConnection } from "./connection.ts";
import { addressesOf, addressSchema, leversOf, leversSchema, type Levers } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import type { Target, TargetKind } from "./target.ts";
import { unitAt } from "./unleashFlag.ts";
import { openUnleashStore } from "./unleashStore.ts";

const name = z.string().regex(/^[\w.~-]+$/, "needs a name of letters, digits and . _ ~ -");
const flag = addressSchema((at) => /^([\w.~-]|\{\w+\})+$/.test(at), "the name of a flag, like llm-{route}");

const settings = z.strictObject({
  ...connectionShape,
  /** of an admin or a service account, sent as it is */
  token: secretSchema,
  project: name.default("default"),
  environment: name,
  /** how often its SDKs ask for flags, unless they are told otherwise */
  settles: durationSchema.default(15_000),
  levers: leversSchema(flag).superRefine(refuseOther).transform(pointed),
});
type Settings = z.output<typeof settings>;

export const unleash: TargetKind<Settings> = {
  kind: "unleash",
  summary: "feature flags of an Unleash server: on and off, and what their strategies hold",
  schema: settings,
  example: [
    'url: "https://flags.internal"',
    "token: { env: UNLEASH_TOKEN }",
    "environment: production",
    "levers:",
    '  enabled: "llm-{route}"',
    '  max_tokens: { at: "llm-{route}", pointer: /strategies/0/variants/0/payload/value }',
    '  blocked: { at: "llm-{route}", pointer: /strategies/0/constraints/0/values, member: "{user}" }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(set.levers, { conditional: false, settles: set.settles }),
  addresses: (set) =>
    addressesOf(set.levers, `${new URL(set.url).href.replace(/\/+$/, "")} ${set.project} ${set.environment} `),
  open,
};

function open(set: Settings, world: World, folder: string): Target {
  const credentials = [{ header: "authorization", secret: set.token, at: "token" }];
  const store = openUnleashStore({
    connection: openConnection(set, credentials, world, folder),
    project: set.project,
    environment: set.environment,
  });
  return openLevers(set.levers, leversOf(set.levers, { conditional: false, settles: set.settles }), store, world.clock);
}

/** A flag alone is whether it is on. */
function pointed(levers: Levers): Levers {
  return Object.fromEntries(
    Object.entries(levers).map(([setting, lever]) => [setting, { ...lever, pointer: lever.pointer ?? "/enabled" }]),
  );
}

function refuseOther(levers: Levers, context: z.RefinementCtx): void {
  for (const [setting, { pointer }] of Object.entries(levers)) {
    if (pointer === undefined || pointer === "/enabled" || unitAt(parsePointer(pointer) ?? []) !== undefined) continue;
    context.addIssue({
      code: "custom",
      path: [setting, "pointer"],
      message:
        "needs /enabled, or a place in the parameters, constraints or variants of a strategy, like /strategies/0/parameters/rollout",
    });
  }
}
