import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Counted } from "../../src/actions/action.ts";
import { flushRedis } from "../../src/actions/flushRedis.ts";
import { checkValue } from "../../src/schema/schema.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { openRedis } from "../../src/world/redis.ts";
import { fakeWorld } from "../fake/world.ts";
import { cable, redisIsMissing, startRedis, type RealRedis } from "../parts/redis.ts";

const scope = { route: "support.reply" };

function open(settings: Record<string, unknown>, env: Record<string, string> = {}) {
  const { value, mistakes } = checkValue(flushRedis.schema, { prefix: "cache:{route}:", ...settings });
  expect(mistakes).toEqual([]);
  const fake = fakeWorld({ env });
  return flushRedis.open(value!, { ...fake, redis: openRedis({}, fake.interrupted) }, "/project");
}

async function count(settings: Record<string, unknown>, at: Scope = scope): Promise<Counted> {
  const counted = await open(settings).count(at);
  if ("error" in counted) throw new Error(counted.error);
  return counted;
}

describe.skipIf(redisIsMissing)(`a real Redis${redisIsMissing ? " (skipped: not installed)" : ""}`, () => {
  let server: RealRedis;
  beforeAll(async () => {
    server = await startRedis();
  }, 30_000);
  afterAll(() => server?.stop());
  const fill = (prefix: string, keys: number) =>
    server.cli("eval", `for i = 1, ${keys} do redis.call('set', '${prefix}' .. i, 'x') end`, "0");
  beforeEach(() => {
    for (const key of server.cli("--scan").split("\n")) if (key !== "") server.cli("unlink", key);
  });

  it("counts, then deletes what begins so and nothing else", async () => {
    fill("cache:support.reply:", 3);
    fill("cache:support.reply2:", 1);
    fill("cache:support*reply:", 1);
    server.cli("set", "session:1", "x");
    const counted = await count({ url: server.url });
    expect(counted).toMatchObject({
      argv: ["flush-redis", server.url, "cache:support.reply:*"],
      count: 3,
      question: "Delete these 3 keys?",
    });
    expect(counted.says[0]).toMatch(/^3 of 6 keys in redis 127\.0\.0\.1:\d+ db 0 begin with cache:support\.reply:\.$/);
    expect(counted.says[1]).toMatch(/^Among them (cache:support\.reply:\d(, )?){3}\.$/);
    expect(server.calls("unlink")).toBeGreaterThanOrEqual(0);
    expect(await counted.run()).toEqual({ done: "3 keys were deleted." });
    expect(server.cli("--scan").split("\n").toSorted()).toEqual([
      "cache:support*reply:1",
      "cache:support.reply2:1",
      "session:1",
    ]);
  });

  it("F28: only reads while it counts", async () => {
    fill("cache:support.reply:", 3);
    server.cli("config", "resetstat");
    await count({ url: server.url });
    const commands = server
      .cli("info", "commandstats")
      .match(/(?<=cmdstat_)[\w|]+(?=:)/g)!
      .toSorted();
    expect(commands.filter((one) => !one.startsWith("config"))).toEqual(["dbsize", "info", "scan"]);
  });

  it("takes 10,000 keys away in batches, with those that came meanwhile", async () => {
    fill("cache:support.reply:", 10_000);
    fill("other:", 500);
    const counted = await count({ url: server.url });
    expect(counted.count).toBe(10_000);
    server.cli("set", "cache:support.reply:new", "as wrong as the others");
    server.cli("config", "resetstat");
    expect(await counted.run()).toEqual({ done: "10,001 keys were deleted." });
    expect(server.cli("dbsize")).toBe("500");
    expect(server.calls("unlink")).toBeGreaterThan(10);
  });

  it("leaves what is more than at_most, and says so", async () => {
    fill("cache:support.reply:", 1500);
    const counted = await count({ url: server.url, at_most: 1000 });
    expect(counted).toMatchObject({ count: 1000, question: "Delete the first 1,000 keys?" });
    expect(counted.says).toContain("At most 1,000 are deleted at once.");
    expect(await counted.run()).toEqual({
      done: "1,000 keys were deleted; more that begin so are left: run it again.",
    });
    expect(server.cli("dbsize")).toBe("500");
  });

  it("a name in the scope is no pattern, and a key that is no text goes as it is", async () => {
    fill("cache:support.reply:", 2);
    expect(await count({ url: server.url }, { route: "*" })).toMatchObject({ count: 0 });
    expect(await count({ url: server.url }, { route: "support[.]reply" })).toMatchObject({ count: 0 });
    server.cli("eval", "redis.call('set', 'cache:support.reply:\\255\\254', 'x')", "0");
    const counted = await count({ url: server.url });
    expect(counted.count).toBe(3);
    expect(await counted.run()).toEqual({ done: "3 keys were deleted." });
    expect(server.cli("dbsize")).toBe("0");
  });

  it("F12: a batch whose answer did not come may be gone, and is not sent again", async () => {
    fill("cache:support.reply:", 600);
    const wire = await cable(server.port, (sent) => (/UNLINK/i.test(sent) ? "after" : undefined));
    const counted = await count({ url: wire.url });
    server.cli("config", "resetstat");
    expect(await counted.run()).toEqual({
      unknown: expect.stringMatching(
        /^0 keys were deleted for certain; \d+ more may be gone, the rest is still there: /,
      ),
    });
    expect(server.calls("unlink")).toBe(1);
    await wire.close();
  });

  it("is refused by who may not delete, and says what is gone by then", async () => {
    fill("cache:support.reply:", 2);
    server.cli("acl", "setuser", "reader", "on", ">pw-of-reader-1", "~*", "+@read", "+info", "+dbsize", "+scan");
    const counted = await count({ url: server.url, username: "reader", password: "pw-of-reader-1" });
    expect(await counted.run()).toEqual({
      failed: expect.stringMatching(
        /^0 keys were deleted, then: .* does not allow this user to do it .*still there\.$/,
      ),
    });
    expect(server.cli("dbsize")).toBe("2");
  });

  it("nothing is counted or deleted on a replica, in a cluster, or where nobody answers", async () => {
    const errorOf = async (url: string) => {
      const counted = await open({ url }).count(scope);
      return "error" in counted ? counted.error.replace(/\d{4,5}/, "PORT") : undefined;
    };
    const replica = await startRedis("--replicaof", `127.0.0.1 ${server.port}`);
    expect(await errorOf(replica.url)).toBe("redis 127.0.0.1:PORT db 0 is a replica, which takes no writes");
    await replica.stop();
    expect(await errorOf(replica.url)).toBe("nothing listens on 127.0.0.1:PORT (connection refused)");
    const node = await startRedis("--cluster-enabled", "yes");
    expect(await errorOf(node.url)).toContain("is one node of a cluster");
    await node.stop();
  }, 20_000);
});

describe("settings", () => {
  it.each([
    ["", "`prefix` is empty: name what the keys begin with, like cache:{route}:"],
    ["*", "`prefix` is a prefix, not a pattern: leave the wildcards out"],
    ["cache:*", "`prefix` is a prefix, not a pattern: leave the wildcards out"],
    ["{route}:", "`prefix` must begin with two characters of its own, like cache:{route}:"],
    ["c", "`prefix` must begin with two characters of its own, like cache:{route}:"],
    ["cache:{rout}:", "`prefix` names {rout}, which is no dimension"],
    [
      "cache:{route}",
      "`prefix` must end with what stands behind the name, like cache:{route}: (else support also means support.reply)",
    ],
  ])("%j", (prefix, message) => {
    const { mistakes } = checkValue(flushRedis.schema, { url: "redis://x", prefix });
    expect(mistakes.map((one) => one.message)).toEqual([message]);
  });
});
