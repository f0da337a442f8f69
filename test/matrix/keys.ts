import { checkValue } from "../../src/schema/schema.ts";
import { consul } from "../../src/targets/consul.ts";
import { etcd } from "../../src/targets/etcd.ts";
import { redis } from "../../src/targets/redis.ts";
import { openRedis } from "../../src/world/redis.ts";
import { fakeWorld } from "../fake/world.ts";
import { startFakeConsul } from "../targets/consulFake.ts";
import { etcdIsMissing, startEtcd } from "../parts/etcd.ts";
import { redisIsMissing, startRedis } from "../parts/redis.ts";
import { watchedWorld } from "../targets/watchedWorld.ts";
import type { Column } from "./place.ts";
import { blocked, single, start, textOf } from "./start.ts";

/** One key for each setting, named by a function; the list of the blocked is one to a line, at Redis a set. */
const keysOf = (key: (name: string) => string): { levers: object; texts: [string, string][] } => ({
  levers: {
    ...Object.fromEntries(single.map((setting) => [setting, key(`{route}/${setting}`)])),
    blocked: { at: key("blocked_users"), member: "{user}" },
  },
  texts: [
    ...single.map((setting): [string, string] => [key(`support.reply/${setting}`), textOf(start[setting]!)]),
    [key("blocked_users"), `${blocked.join("\n")}\n`],
    [key("search/model"), "gpt-4o"],
  ],
});
const unwatched = () => watchedWorld(() => false).world;

export const keyColumns: Column[] = [
  {
    name: "consul",
    kind: "consul",
    async open() {
      const server = await startFakeConsul();
      const { levers, texts } = keysOf((name) => `llm/${name}`);
      for (const [key, text] of texts) server.put(key, text, { flags: "18446744073709551615" });
      const { value } = checkValue(consul.schema, { url: server.url, levers });
      return {
        target: consul.open(value!, unwatched(), "/project"),
        bytes: async () => [...server.keys].map(([key, { text, flags }]) => `${key} ${flags} ${text}`).join("\n"),
        close: () => server.close(),
      };
    },
  },
  {
    name: "etcd",
    kind: "etcd",
    isMissing: etcdIsMissing,
    async open() {
      const server = await startEtcd();
      const { levers, texts } = keysOf((name) => `/llm/${name}`);
      for (const [key, text] of texts) await server.put(key, text);
      const { value } = checkValue(etcd.schema, { url: server.url, levers });
      return {
        target: etcd.open(value!, unwatched(), "/project"),
        bytes: () => server.dump("/llm/"),
        close: () => server.stop(),
      };
    },
  },
  {
    name: "redis",
    kind: "redis",
    isMissing: redisIsMissing,
    async open() {
      const server = await startRedis();
      const { levers, texts } = keysOf((name) => `llm:${name}`);
      for (const [key, text] of texts) if (!key.endsWith("blocked_users")) server.cli("set", key, text);
      server.cli("sadd", "llm:blocked_users", ...blocked);
      const { value } = checkValue(redis.schema, { url: server.url, levers });
      const fake = fakeWorld();
      const names = () => server.cli("--scan").split("\n").toSorted();
      return {
        target: redis.open(value!, { ...fake, redis: openRedis({}, fake.interrupted) }, "/project"),
        bytes: async () =>
          names()
            .map((name) => `${name} ${server.cli("dump", name)}`)
            .join("\n"),
        close: () => server.stop(),
      };
    },
  },
];
