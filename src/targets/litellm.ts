import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import { secretSchema } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import { connectionShape, openConnection } from "./connection.ts";
import { addressesOf, leversOf } from "./lever.ts";
import { litellmLevers } from "./litellmLevers.ts";
import { openLitellmStore } from "./litellmStore.ts";
import { openLevers } from "./openLevers.ts";
import type { Target, TargetKind } from "./target.ts";

const ids = z
  .record(
    z.string(),
    z.string().refine((id) => !id.startsWith("sk-"), "is a key itself: write its hash"),
  )
  .superRefine((names, context) => {
    const first = new Map<string, string>();
    for (const [name, id] of Object.entries(names)) {
      const other = first.get(id);
      const message = `is the same as ${other}, and what is changed for one is changed for both: name it once`;
      if (other === undefined) first.set(id, name);
      else context.addIssue({ code: "custom", path: [name], message });
    }
  });

const settings = z.strictObject({
  ...connectionShape,
  /** of a proxy admin */
  key: secretSchema,
  /** what a scope calls them → hashes of keys, ids of deployments */
  keys: ids.default({}),
  deployments: ids.default({}),
  /** every pod asks the database each 30 s, and remembers keys and teams for 60 s */
  settles: durationSchema.default(60_000),
  levers: litellmLevers,
});
type Settings = z.output<typeof settings>;

const caveat = "not yet run against a live LiteLLM";

export const litellm: TargetKind<Settings> = {
  kind: "litellm",
  summary: "a LiteLLM proxy: keys, teams, deployments, retries, timeout and fallbacks through its own API",
  schema: settings,
  caveat,
  example: [
    'url: "https://llm.internal"',
    "key: { env: LITELLM_MASTER_KEY }",
    "keys: { support.reply: 88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b }",
    "levers:",
    '  enabled: { key: "{route}" }',
    '  blocked: { team: "{tenant}" }',
    '  rpm_limit: { key: "{route}" }',
    "  max_retries: router",
    '  fallbacks: { model: "{model}" }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(set.levers, { conditional: false, settles: set.settles }),
  addresses: (set) => addressesOf(set.levers, `${new URL(set.url).href.replace(/\/+$/, "")} `),
  open,
};

function open(set: Settings, world: World, folder: string): Target {
  const credentials = [{ header: "authorization", secret: set.key, at: "key", before: "Bearer " }];
  const store = openLitellmStore(openConnection(set, credentials, world, folder), { ...set, caveat });
  return openLevers(set.levers, leversOf(set.levers, { conditional: false, settles: set.settles }), store, world.clock);
}
