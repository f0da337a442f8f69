import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { http } from "../../src/targets/http.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import { conforms } from "./conform.ts";
import { caddyIsMissing, startCaddy, type RealCaddy } from "../parts/caddy.ts";
import { watchedWorld, type WatchedWorld } from "./watchedWorld.ts";

const scope = { route: "support.reply" };
/** Single values at their own address: POST sets or replaces one there. */
const levers = {
  max_tokens: "/id/{route}/max_tokens",
  model: "/id/{route}/model",
  enabled: "/id/{route}/enabled",
  timeout_ms: { at: "/id/{route}/timeout_ms", create: true },
  rpm_limit: "/id/{route}/rpm_limit",
};
type Got = Exclude<Read, { error: string }>;

describe.skipIf(caddyIsMissing)(`a real Caddy${caddyIsMissing ? " (skipped: not installed)" : ""}`, () => {
  let caddy: RealCaddy;
  beforeAll(async () => {
    const settings = { enabled: true, model: "gpt-4o", max_tokens: 4096 };
    caddy = await startCaddy({ "support.reply": settings, search: settings });
  }, 30_000);
  afterAll(() => caddy?.stop());

  const open = (more: Record<string, unknown> = {}): WatchedWorld & { target: Target } => {
    const { value, mistakes } = checkValue(http.schema, {
      url: caddy.url,
      method: "POST",
      null_is_absent: true,
      levers,
      ...more,
    });
    expect(mistakes).toEqual([]);
    const watched = watchedWorld(({ method }) => method !== "GET");
    return { ...watched, target: http.open(value as never, watched.world, "/project") };
  };
  const read = async (target: Target, setting: Setting): Promise<Got> => {
    const got = await target.read(setting, scope);
    if ("error" in got) throw new Error(got.error);
    return got;
  };
  const change = (setting: Setting, { value, version }: Got, after: Value): Change => {
    return { id: "m1", mitigation: "test", target: "t", setting, scope, before: value, after, version };
  };

  conforms("http", async () => {
    const { target, writes, before } = open();
    return {
      target,
      scope,
      writes,
      before,
      live: async () => Number(/"max_tokens":(\d+)/.exec((await caddy.gateway("support.reply")).body)?.[1]),
      beside: async () => (await caddy.config()).replaceAll(/"max_tokens":\d+/g, ""),
      other: (value) => caddy.post("/id/support.reply/max_tokens", value),
      close: async () => {},
    };
  });

  it("F01: a kill switch and a change of the model show on the gateway's port, and the way back restores every byte", async () => {
    const { target } = open();
    const before = await caddy.config();
    expect(await caddy.gateway("support.reply")).toEqual({ status: 200, body: '{"model":"gpt-4o","max_tokens":4096}' });
    const on = await read(target, "enabled");
    expect(on.version).toMatch(/^"\/config\/apps\/http\/servers\/gateway\/routes\/0\/.*\/enabled [0-9a-f]+"$/);
    expect(await target.write(change("enabled", on, { is: false }), cause)).toMatchObject({ written: true });
    expect(await caddy.gateway("support.reply")).toEqual({ status: 503, body: '{"error":"support.reply is off"}' });
    expect(await caddy.gateway("search")).toMatchObject({ status: 200 });
    const off = await read(target, "enabled");
    expect(await target.write(change("enabled", off, { is: true }), cause)).toMatchObject({ written: true });
    const large = await read(target, "model");
    expect(await target.write(change("model", large, { is: "small" }), cause)).toMatchObject({ written: true });
    expect(await caddy.gateway("support.reply")).toEqual({ status: 200, body: '{"model":"small","max_tokens":4096}' });
    expect(await target.write(change("model", await read(target, "model"), large.value), cause)).toMatchObject({
      written: true,
    });
    expect(await caddy.config()).toBe(before);
  });

  it("D03, F05: a lost compare-and-set is a 412, told with what is live, and sent once", async () => {
    const { target, before, writes } = open();
    const got = await read(target, "model");
    before(() => caddy.post("/id/support.reply/model", "theirs"));
    expect(await target.write(change("model", got, { is: "ours" }), cause)).toEqual({
      conflict: true,
      live: { is: "theirs" },
      why: `${caddy.url.slice(7)} answered 412: it was changed since it was read: If-Match header did not match current config hash`,
    });
    expect(writes()).toBe(1);
    await caddy.post("/id/support.reply/model", "gpt-4o");
  });

  it("a misspelt lever is told, where null is no value; nothing is made that nobody reads", async () => {
    const { target, writes } = open({ levers: { enabled: "/id/{route}/enable" } });
    expect(await target.read("enabled", scope)).toEqual({
      error: "/id/support.reply/enable does not exist",
      missing: true,
      nearest: [],
    });
    const nowhere = open({ levers: { enabled: "/config/apps/nowhere/{route}/enabled" } });
    expect(await nowhere.target.read("enabled", scope)).toMatchObject({
      error: `${caddy.url.slice(7)} answered 400: it does not take this address: invalid traversal path at: config/apps/nowhere/support.reply`,
      next: "see that the lever's address in llmops.yaml is right",
    });
    expect(await open().target.read("enabled", { route: "no.such" })).toMatchObject({ missing: true });
    expect(writes()).toBe(0);
  });

  it("F08: a configuration that it cannot load stays the old one: what it answers is no proof, what is read back is", async () => {
    const { target } = open({ levers: { model: "/id/{route}/handler" } });
    const before = await caddy.config();
    const got = await read(target, "model");
    const written = await target.write(change("model", got, { is: "no_such_handler" }), cause);
    expect(written).toMatchObject({ unknown: true });
    expect("why" in written && written.why).toContain("answered 500: loading new config: ");
    expect(await read(target, "model")).toMatchObject({ value: { is: "vars" } });
    expect(await caddy.config()).toBe(before);
  });
});
