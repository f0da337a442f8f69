import { z } from "zod";
import { secretSchema } from "../world/secret.ts";
import { connectionShape, openConnection } from "./connection.ts";
import { openEtcdSession } from "./etcdSession.ts";
import { openEtcdStore } from "./etcdStore.ts";
import { keySchema } from "./key.ts";
import { addressesOf, leversOf, leversSchema } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import type { TargetKind } from "./target.ts";

const settings = z
  .strictObject({
    ...connectionShape,
    user: z.string().min(1).optional(),
    password: secretSchema.optional(),
    levers: leversSchema(keySchema()),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: "needs user and password together, or neither",
  });
type Settings = z.output<typeof settings>;

export const etcd: TargetKind<Settings> = {
  kind: "etcd",
  summary: "etcd's keys, through its v3 JSON gateway; writes are conditional on the key's revision, and leases stay",
  schema: settings,
  example: [
    'url: "https://etcd.internal:2379"',
    "user: llm-oncall",
    "password: { env: ETCD_PASSWORD }",
    "ca: /etc/ssl/etcd-ca.pem",
    "settles: 2s",
    "levers:",
    '  enabled: { at: "/llm/{route}/enabled", true: "on", false: "off" }',
    "  model: /llm/{route}/model",
    '  max_tokens: { at: "/llm/{route}/limits", pointer: /max_tokens }',
    '  blocked: { at: /llm/blocked_users, member: "{user}" }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(set.levers, { conditional: true, settles: set.settles }),
  addresses: (set) => addressesOf(set.levers, new URL(set.url).href.replace(/\/*$/, " ")),
  open(set, world, folder) {
    const connection = openConnection(set, [], world, folder);
    const account = set.user === undefined ? undefined : { user: set.user, password: set.password! };
    const session = openEtcdSession(connection, account, world, folder);
    const levers = leversOf(set.levers, { conditional: true, settles: set.settles });
    const [first] = Object.values(set.levers);
    return openLevers(set.levers, levers, openEtcdStore(connection, session, first?.at), world.clock);
  },
};
