import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Expected } from "../../src/timeline/probe.ts";
import { realClock } from "../../src/world/clock.ts";
import { realFiles } from "../../src/world/files.ts";
import { listen } from "../../src/world/server.ts";
import { fakeWorld } from "../fake/world.ts";
import type { Daemon } from "../parts/daemon.ts";
import { hasPortkey, startPortkey } from "../parts/portkey.ts";
import { probeAt } from "./gateway.ts";

const route = "support.reply";
const refused: Expected = { refused: true };
const onMini: Expected = { reports: "model", is: ["gpt-4o-mini"], was: ["gpt-4o"] };
const byReason = { status: [403, 503], pointer: "/error/type", is: ["route_disabled", "user_blocked"] };

/** A sandbox without traffic: a gateway with a config API, answered by nobody but us. */
async function openSandbox(): Promise<{
  sandbox: Sandbox;
  set(path: string, value: unknown): Promise<void>;
  close(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-probe-"));
  const world = { ...fakeWorld(), clock: realClock, files: realFiles, listen };
  const sandbox = await startSandbox(world, { folder, seed: 7, mode: "metrics", callsPerSecond: 0 });
  return {
    sandbox,
    async set(path, value) {
      const headers = { "content-type": "application/json" };
      const method = Array.isArray(value) ? "PUT" : "PATCH";
      const answer = await fetch(`${sandbox.url}/config/${path}`, { method, headers, body: JSON.stringify(value) });
      expect(answer.status).toBe(200);
    },
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe("a probe through the sandbox", () => {
  let place: Awaited<ReturnType<typeof openSandbox>>;
  beforeAll(async () => {
    place = await openSandbox();
  });
  afterAll(() => place?.close());

  it("sees the kill switch, the block, the model and the cap, each where its answer tells it", async () => {
    const { probe } = probeAt({
      url: `${place.sandbox.url}/v1/chat/completions`,
      headers: { "x-route": "{route}" },
      reports: { model: { pointer: "/model" }, max_tokens: { header: "x-llmops-max-tokens" } },
      refused: byReason,
    });
    const ask = async (expect: Expected, user = "u-0001") => (await probe.ask(expect, { route, user })).verdict;
    const cap: Expected = { reports: "max_tokens", atMost: 512 };
    expect([await ask(refused), await ask(onMini), await ask(cap)]).toEqual(["no", "no", "no"]);
    await place.set(`routes/${route}`, { model: "gpt-4o-mini", max_tokens: 512 });
    expect([await ask(onMini), await ask(cap)]).toEqual(["yes", "yes"]);
    await place.set("blocked_users", ["u-0007"]);
    expect([await ask(refused, "u-0007"), await ask(refused)]).toEqual(["yes", "no"]);
    await place.set(`routes/${route}`, { enabled: false });
    expect([await ask(refused), await ask(onMini)]).toEqual(["yes", "unknown"]);
  });
});

describe.skipIf(!hasPortkey() && process.env["CI"] === undefined)("a probe through a real @portkey-ai/gateway", () => {
  let [place, portkey]: [Awaited<ReturnType<typeof openSandbox>> | undefined, Daemon | undefined] = [
    undefined,
    undefined,
  ];
  beforeAll(async () => {
    [place, portkey] = await Promise.all([openSandbox(), startPortkey()]);
  }, 60_000);
  afterAll(async () => {
    await portkey?.stop();
    await place?.close();
  });

  /** Where Portkey is to send the calls, as its `x-portkey-config`. */
  const through = (more: object = {}, reports: object = { model: { pointer: "/model" } }) => {
    const host = `${place!.sandbox.url}/v1`;
    const config = { provider: "openai", api_key: "none", custom_host: host, forward_headers: ["x-route"], ...more };
    return probeAt({
      url: `${portkey!.url}/v1/chat/completions`,
      headers: { "x-route": "{route}", "x-portkey-config": JSON.stringify(config) },
      reports,
      refused: byReason,
    }).probe;
  };

  it("sees the model that answers, in the body and in the headers that come through", async () => {
    const inHeader = { model: { header: "x-llmops-model" }, provider: { header: "x-portkey-provider" } };
    expect(await through().ask(onMini, { route })).toMatchObject({ verdict: "no", reported: "gpt-4o-2024-11-20" });
    await place!.set(`routes/${route}`, { model: "gpt-4o-mini" });
    expect(await through().ask(onMini, { route })).toMatchObject({
      verdict: "yes",
      reported: "gpt-4o-mini-2024-07-18",
    });
    expect(await through({}, inHeader).ask(onMini, { route })).toMatchObject({
      verdict: "yes",
      reported: "gpt-4o-mini",
    });
    const provider: Expected = { reports: "provider", is: ["openai"], was: ["azure-openai"] };
    expect(await through({}, inHeader).ask(provider, { route })).toMatchObject({ verdict: "yes", reported: "openai" });
  });

  it("sees the refusal of what stands behind it with its reason", async () => {
    expect((await through().ask(refused, { route })).verdict).toBe("no");
    await place!.set(`routes/${route}`, { enabled: false });
    expect(await through().ask(refused, { route })).toMatchObject({
      verdict: "yes",
      status: 503,
      reported: "route_disabled",
    });
  });

  it("proves nothing by Portkey's own errors", async () => {
    const lost = through({ custom_host: "http://127.0.0.1:9/v1" });
    const { verdict, status } = await lost.ask(refused, { route });
    expect(verdict).toBe("unknown");
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
