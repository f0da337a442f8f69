import { describe, expect, it } from "vitest";
import { faults, type FaultName } from "../../src/sandbox/fault.ts";
import { figures, folder, hour, minute, open, within } from "./figures.ts";

const names = Object.keys(faults) as FaultName[];

describe("the history of the sandbox", () => {
  it.each([undefined, ...names])("is 25 hours of at most 20,000 calls in order (%s)", async (fault) => {
    for (const seed of [1, 7]) {
      const { began, records } = await open({ seed, ...(fault === undefined ? {} : { fault }) });
      const all = records();
      const times = all.map((one) => Date.parse(one.timestamp));
      expect(all.length).toBeGreaterThan(15_000);
      expect(all.length).toBeLessThanOrEqual(20_000);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThanOrEqual(began - 25 * hour);
      expect(times[0]).toBeLessThan(began - 25 * hour + minute);
      expect(times.at(-1)).toBeLessThan(began);
      expect(times.at(-1)).toBeGreaterThan(began - minute);
    }
  });

  it("has a day and a night, and now is as busy as yesterday", async () => {
    const { began, records } = await open();
    const calls = (from: number) => within(records(), began, from, from - hour).records.length;
    expect(calls(hour) / calls(25 * hour)).toBeGreaterThan(0.85);
    expect(calls(hour) / calls(25 * hour)).toBeLessThan(1.15);
    expect(calls(13 * hour)).toBeLessThan(calls(hour) / 5);
  });

  it("has every id once, all routes, models, providers, tenants, and most of 2,000 users", async () => {
    const { records } = await open();
    const all = records();
    const distinct = (key: "call_id" | "trace_id" | "route" | "model" | "provider" | "tenant" | "user_id") =>
      new Set(all.map((one) => one[key])).size;
    expect(distinct("call_id")).toBe(all.length);
    expect(distinct("trace_id")).toBe(all.length);
    expect(distinct("route")).toBe(5);
    expect(distinct("model")).toBe(3);
    expect(distinct("provider")).toBe(2);
    expect(distinct("tenant")).toBe(40);
    expect(distinct("user_id")).toBeGreaterThan(1900);
  });

  it("writes the fields of a call record, in this order", async () => {
    const { world } = await open();
    const [line] = world.files.text(`${folder}/calls/history.jsonl`).split("\n", 1);
    expect(Object.keys(JSON.parse(line!) as object).join(" ")).toBe(
      "timestamp trace_id call_id env region route tenant tier user_id conversation_id model model_reported provider " +
        "prompt_version experiment flags status error finish_reason latency_ms ttft_ms retries cache_hit token_usage " +
        "cost_usd flagged sample_rate prompt_snapshot response_snapshot",
    );
  });

  it("is told by figures that fit together", async () => {
    const { records } = await open({ fault: "provider-outage" });
    for (const one of records()) {
      expect(one.token_usage.total).toBe(one.token_usage.prompt + one.token_usage.completion);
      expect(one.flagged).toBe(one.status === "flagged");
      expect(one.error === null).toBe(one.status === "success" || one.status === "flagged");
      expect(one.ttft_ms ?? 0).toBeLessThanOrEqual(one.latency_ms);
      expect(one.cost_usd > 0).toBe(one.error === null && !one.cache_hit);
    }
  });

  it("starts the fault when it is said to start, and only then", async () => {
    const { began, records } = await open({ fault: "cost-spike", startsAgoMs: 20 * minute });
    const versions = (from: number, to: number) =>
      new Set(within(records(), began, from, to, { route: "support.reply" }).records.map((one) => one.prompt_version));
    expect([...versions(25 * hour, 20 * minute)]).toEqual(["v14"]);
    expect([...versions(20 * minute, 0)]).toEqual(["v15"]);
  });

  it("can wait for a fault that is still to come", async () => {
    const { world, pass, records, send } = await open({ fault: "cost-spike", startsAgoMs: -5 * minute });
    const version = async () =>
      (JSON.parse((await send("GET", "/config/routes/support.reply")).body) as { prompt_version: string })
        .prompt_version;
    expect(await version()).toBe("v14");
    await pass(10 * minute);
    expect(await version()).toBe("v15");
    const now = world.clock.now();
    const cost = (from: number, to: number) => figures(within(records(), now, from, to)).costPerHour;
    expect(cost(5 * minute, 0)).toBeGreaterThan(3 * cost(10 * minute, 5 * minute));
  });
});

describe("the same seed, times and settings", () => {
  it("give the same bytes, however often the traffic was brought up to date", async () => {
    const runs = await Promise.all(
      [[30], [1, 2, 3, 24], [0.01, 29.99]].map(async (steps) => {
        const { world, pass, send, sandbox } = await open({ fault: "cost-spike", mode: "both" });
        for (const step of steps) await pass(step * minute);
        await send("PATCH", "/config/routes/support.reply", { max_tokens: 512 });
        await pass(5 * minute);
        await send("POST", "/v1/chat/completions", { messages: [{ role: "user", content: "Hello" }] });
        const metrics = (await send("GET", "/metrics")).body;
        await sandbox.close();
        return { ...world.files.all(), metrics };
      }),
    );
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it("differ by the seed", async () => {
    const [one, two] = await Promise.all([open({ seed: 1 }), open({ seed: 2 })]);
    expect(one.world.files.all()).not.toEqual(two.world.files.all());
  });

  it("leave everybody else's calls as they are when one route's settings change", async () => {
    const [left, changed] = await Promise.all([open(), open()]);
    await changed.send("PATCH", "/config/routes/chat.free", { enabled: false, model: "gpt-4o", max_tokens: 1 });
    for (const one of [left, changed]) await one.pass(10 * minute);
    const others = (one: typeof left) => one.records().filter(({ route }) => route !== "chat.free");
    expect(others(changed)).toEqual(others(left));
    expect(changed.records()).not.toEqual(left.records());
  });
});

describe("live traffic", () => {
  it("is written in ticks while the clock goes, and stops with the sandbox", async () => {
    const { world, sandbox, records } = await open({ tickMs: 5000 });
    const before = records().length;
    await world.clock.sleep(10 * minute);
    const during = records().length;
    expect(during - before).toBeGreaterThan(250);
    await sandbox.close();
    await world.clock.advance(10 * minute);
    expect(records().length).toBe(during);
  });

  it("catches up after a long gap", async () => {
    const [slept, awake] = await Promise.all([open(), open()]);
    await slept.pass(8 * hour);
    for (let i = 0; i < 48; i++) await awake.pass(10 * minute);
    expect(slept.records()).toEqual(awake.records());
  });

  it("says when it could not be written", async () => {
    const { world, sandbox } = await open({ tickMs: 5000 });
    world.files.failWrites = () => "no space left on device";
    await world.clock.sleep(minute);
    await expect(sandbox.close()).rejects.toThrow("no space left on device");
  });

  it("leaves no file in a folder when only metrics are asked for", async () => {
    const { world, pass } = await open({ mode: "metrics", callsPerSecond: 20 });
    await pass(minute);
    expect(world.files.all()).toEqual({});
  });
});
