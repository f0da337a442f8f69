import { z } from "zod";
import { secretSchema } from "../world/secret.ts";
import { connectionShape, openConnection } from "./connection.ts";
import { openConsulStore } from "./consulStore.ts";
import { isConsulKey } from "./consulKey.ts";
import { keySchema } from "./key.ts";
import { addressesOf, leversOf, leversSchema } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import type { TargetKind } from "./target.ts";

const settings = z.strictObject({
  ...connectionShape,
  token: secretSchema.optional(),
  levers: leversSchema(keySchema(isConsulKey)),
});
type Settings = z.output<typeof settings>;

export const consul: TargetKind<Settings> = {
  kind: "consul",
  summary: "Consul's key-value store; writes are conditional on the key's index, and its flags stay",
  schema: settings,
  example: [
    'url: "http://127.0.0.1:8500"',
    "token: { env: CONSUL_HTTP_TOKEN }",
    "settles: 5s",
    "levers:",
    '  enabled: { at: "llm/{route}/enabled", true: "1", false: "0" }',
    "  max_tokens: llm/{route}/max_tokens",
    '  timeout_ms: { at: "llm/{route}/timeout_ms", create: true }',
    '  cache: { at: "llm/{route}/flags", pointer: /cache/enabled }',
    '  blocked: { at: llm/blocked_users, member: "{user}", create: true }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(set.levers, { conditional: true, settles: set.settles }),
  addresses: (set) => addressesOf(set.levers, new URL(set.url).href.replace(/\/*$/, "/")),
  open(set, world, folder) {
    const credentials = set.token === undefined ? [] : [{ header: "x-consul-token", secret: set.token, at: "token" }];
    const connection = openConnection(set, credentials, world, folder);
    const levers = leversOf(set.levers, { conditional: true, settles: set.settles });
    const [first] = Object.values(set.levers);
    return openLevers(set.levers, levers, openConsulStore(connection, first?.at), world.clock);
  },
};
