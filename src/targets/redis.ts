import { z } from "zod";
import { harmless } from "../harmless.ts";
import { durationSchema } from "../schema/schema.ts";
import type { Setting } from "../timeline/setting.ts";
import { placeOfPassword, redisServerShape, resolveRedis, sayRedis } from "../world/redisServer.ts";
import { explainRefusal } from "../world/redisWords.ts";
import type { Reach } from "../world/reach.ts";
import type { RedisServer } from "../world/redis.ts";
import type { World } from "../world/world.ts";
import { addressesOf, addressSchema, leversOf, leversSchema, type Levers, type LeverSettings } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import { sayRole, tellServer } from "./redisRole.ts";
import { shapes } from "./redisShape.ts";
import { between, openRedisStore, problemIn, type RedisAt } from "./redisStore.ts";
import type { Target, TargetKind } from "./target.ts";

const name = (wanted: string) => addressSchema((text) => text !== "" && !text.includes(between), wanted);
const key = name("a key, like llm:{route}:max_tokens");

const settings = z.strictObject({
  ...redisServerShape,
  settles: durationSchema.default(0),
  levers: leversSchema(key, { field: name("a field of the hash, like max_tokens").optional() }).superRefine(oneOfBoth),
});
type Settings = z.output<typeof settings>;

function oneOfBoth(levers: Levers, context: z.RefinementCtx): void {
  for (const [setting, { field, member }] of Object.entries(levers))
    if (field !== undefined && member !== undefined)
      context.addIssue({ code: "custom", path: [setting], message: "needs field or member, not both" });
}

/** Of one connection: log in, read or write, and who answers. */
const deadlineMs = 10_000;
const longest = 1 << 20;

export const redis: TargetKind<Settings> = {
  kind: "redis",
  summary: "keys, fields of hashes and members of sets in Redis, by compare-and-set; a key's time to live stays",
  schema: settings,
  example: [
    'url: "redis://127.0.0.1:6379/0"',
    "username: llmops",
    "password: { env: REDIS_PASSWORD }",
    "settles: 5s",
    "levers:",
    '  enabled: { at: "llm:{route}:enabled", true: "1", false: "0" }',
    '  max_tokens: "llm:{route}:max_tokens"',
    '  model: { at: "llm:{route}", field: model }',
    '  blocked: { at: "llm:blocked_users", member: "{user}", create: true }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(placed(set.levers), { conditional: true, settles: set.settles }),
  addresses: (set) => addressesOf(placed(set.levers), `${sayRedis(set)} `),
  open,
};

/** A field or member stands behind its key in one address. A member of a list inside a JSON text stays one. */
function placed(levers: Levers): Levers {
  return Object.fromEntries(Object.entries(levers).map(([setting, lever]) => [setting, place(lever)]));
}

function place({ field, ...lever }: LeverSettings): LeverSettings {
  if (field !== undefined) return { ...lever, at: lever.at + between + field };
  if (lever.member === undefined || lever.pointer !== undefined) return lever;
  return { ...lever, at: lever.at + between + lever.member, member: undefined };
}

function shapeOf({ field, member, pointer }: LeverSettings) {
  if (field !== undefined) return shapes.hash;
  return member !== undefined && pointer === undefined ? shapes.set : shapes.text;
}

function open(set: Settings, world: World, folder: string): Target {
  const says = `redis ${harmless(sayRedis(set))}`;
  let known: Promise<Omit<RedisServer, "deadlineMs">> | undefined;
  const at: RedisAt = {
    says,
    async session(work) {
      known ??= resolveRedis(set, world, folder);
      known.catch(() => (known = undefined));
      return world.redis({ ...(await known), deadlineMs, maxBytes: longest }, work);
    },
    explain(refused) {
      // a password may have been changed: the next connection asks for it anew
      if (/^(NOAUTH|WRONGPASS)/.test(refused)) known = undefined;
      return explainRefusal(refused, { host: new URL(set.url).host, ...placeOfPassword(set) });
    },
  };
  async function check(): Promise<Reach> {
    const began = world.clock.monotonic();
    const told = await at.session(async (session) => {
      const problem = problemIn(await session.read(["EXISTS", "llmops"]), at);
      return problem ?? { notes: sayRole(await tellServer(session)) };
    });
    const ms = Math.round((world.clock.monotonic() - began) / world.clock.speed);
    if ("error" in told) return { ok: false, say: told.error, ms };
    return { ok: told.notes.length === 0, say: told.notes[0] ?? `${ms} ms, write not tried`, ms };
  }

  const levers = leversOf(placed(set.levers), { conditional: true, settles: set.settles });
  const parts = new Map(
    Object.entries(set.levers).map(([setting, lever]) => {
      const own = { [setting]: place(lever) };
      const store = openRedisStore(at, shapeOf(lever), { create: lever.create, template: place(lever).at });
      const offered = levers.filter((one) => one.setting === setting);
      return [setting, openLevers(own, offered, { ...store, check }, world.clock)];
    }),
  );
  const of = (setting: Setting) => parts.get(setting)!;

  return {
    kind: "redis",
    says,
    levers,
    // all fields of a hash and all members of a set are written under one key
    address: (setting, scope) => of(setting).address(setting, scope).split(between)[0]!,
    read: (setting, scope) => of(setting).read(setting, scope),
    write: (change, cause) => of(change.setting).write(change, cause),
    async list(dimension) {
      for (const part of parts.values()) {
        const names = await part.list!(dimension);
        if (names.length > 0) return names;
      }
      return [];
    },
    check,
  };
}
