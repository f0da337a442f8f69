import { describe, expect, it } from "vitest";
import type { FaultName } from "../../src/sandbox/fault.ts";
import type { CallRecord } from "../../src/sandbox/record.ts";
import { figures, folder, minute, open, within } from "./figures.ts";

/** The ten minutes before these settings and the ten after, of one route. */
async function play(route: string, fault: FaultName | undefined, settings: object, first: object = {}) {
  const it = await open({ callsPerSecond: 1.5, ...(fault === undefined ? {} : { fault }) });
  const patch = async (body: object) => {
    expect(await it.send("PATCH", `/config/routes/${route}`, body)).toMatchObject({ status: 200 });
  };
  if (Object.keys(first).length > 0) {
    await patch(first);
    await it.pass(10 * minute);
  }
  const part = () => within(it.records(), it.world.clock.now(), 10 * minute, 0, { route });
  const before = part();
  await patch(settings);
  await it.pass(10 * minute);
  const after = part();
  return { before: figures(before), after: figures(after), was: before.records, is: after.records };
}

const share = (records: CallRecord[], is: (one: CallRecord) => boolean) => records.filter(is).length / records.length;
const mean = (records: CallRecord[], of: (one: CallRecord) => number) =>
  records.reduce((sum, one) => sum + of(one), 0) / records.length;

describe("while a provider fails", () => {
  const support = (settings: object, first?: object) => play("support.reply", "provider-outage", settings, first);

  it("another provider of the same model answers", async () => {
    const { before, after, is } = await support({ provider: "azure" });
    expect(before.errors).toBeGreaterThan(0.35);
    expect(after.errors).toBeLessThan(0.03);
    expect(new Set(is.map(({ model, provider }) => `${model} ${provider}`))).toEqual(new Set(["gpt-4o azure"]));
  });

  it("a provider that does not serve the model is passed over", async () => {
    const { is } = await support({ provider: "bedrock" });
    expect(new Set(is.map(({ provider }) => provider))).toEqual(new Set(["openai"]));
  });

  it("the first fallback that works answers, after all that was tried before it", async () => {
    const { after, is } = await support({ fallbacks: ["gpt-4o-mini", "claude-3-5-haiku"] });
    expect(after.errors).toBeLessThan(0.03);
    const over = is.filter(({ model }) => model === "claude-3-5-haiku");
    expect(over.length).toBeGreaterThan(is.length / 10);
    // three attempts each at two models of the provider that fails
    expect(over.every((one) => one.retries >= 6 && one.provider === "anthropic" && one.latency_ms > 6000)).toBe(true);
  });

  it.each([0, 1, 4])("attempts are what the cap says: %i after the first", async (max_retries) => {
    const { before, is } = await support({ max_retries });
    expect(before.retries).toBeGreaterThan(1.2);
    expect(Math.max(...is.map(({ retries }) => retries))).toBe(max_retries);
    expect(is.filter(({ status }) => status === "error").every(({ retries }) => retries === max_retries)).toBe(true);
  });

  it("a longer backoff with jitter is waited for, and no two wait alike", async () => {
    const { was, is } = await support({ retry_backoff: { base_ms: 2000, max_ms: 3000, jitter: true } });
    const failed = (records: CallRecord[]) =>
      records.filter(({ error }) => error !== null && error.type !== "timeout").map(({ latency_ms }) => latency_ms);
    expect(new Set(failed(was))).toEqual(new Set([3 * 700 + 400 + 800]));
    expect(new Set(failed(is)).size).toBeGreaterThan(failed(is).length * 0.8);
    for (const ms of failed(is)) expect(ms).toBeGreaterThanOrEqual(2100 + 2500);
    for (const ms of failed(is)) expect(ms).toBeLessThanOrEqual(2100 + 5000);
  });

  it.each([true, { failures: 3, cooldown_ms: 60_000 }])("a breaker (%j) ends the waiting", async (circuit_breaker) => {
    const { was, is } = await support({ circuit_breaker, max_retries: 0 }, { max_retries: 0 });
    const isOpen = ({ error }: CallRecord) => error?.type === "circuit_open";
    expect(share(was, isOpen)).toBe(0);
    expect(share(is, isOpen)).toBeGreaterThan(0.3);
    expect(is.filter(isOpen).every((one) => one.latency_ms === 3 && one.cost_usd === 0)).toBe(true);
    expect(share(is, ({ status }) => status === "success")).toBeGreaterThan(0);
  });

  it("a breaker that is open goes straight to the fallback, and closes when the provider is back", async () => {
    const { send, pass, records, sandbox, world } = await open({ fault: "provider-outage", callsPerSecond: 1.5 });
    const settings = { circuit_breaker: true, fallbacks: ["claude-3-5-haiku"] };
    await send("PATCH", "/config/routes/support.reply", settings);
    await pass(10 * minute);
    const of = (from: number) =>
      within(records(), world.clock.now(), from, 0, { route: "support.reply" }).records.filter((one) => !one.cache_hit);
    expect(share(of(8 * minute), (one) => one.model === "claude-3-5-haiku" && one.retries === 0)).toBeGreaterThan(0.3);
    await sandbox.mend();
    await pass(10 * minute);
    expect(share(of(8 * minute), ({ model }) => model === "gpt-4o")).toBeGreaterThan(0.97);
  });
});

describe("limits", () => {
  it("cut off what takes longer, whatever it was doing", async () => {
    const { was, is } = await play("support.reply", "slow-provider", { timeout_ms: 5000 });
    expect(share(was, ({ latency_ms }) => latency_ms > 5000)).toBeGreaterThan(0.5);
    expect(Math.max(...is.map(({ latency_ms }) => latency_ms))).toBe(5000);
    const cut = is.filter(({ error }) => error?.type === "timeout");
    expect(share(is, ({ error }) => error?.type === "timeout")).toBeGreaterThan(0.5);
    expect(cut.every((one) => one.cost_usd === 0 && one.ttft_ms === null && one.token_usage.completion === 0)).toBe(
      true,
    );
  });

  it("keep tokens per minute below the cap, and let through what fits", async () => {
    const { was, is } = await play("support.reply", "cost-spike", { tpm_limit: 30_000 });
    const most = (records: CallRecord[]) => {
      const minutes = new Map<string, number>();
      for (const { timestamp, token_usage } of records)
        minutes.set(timestamp.slice(0, 16), (minutes.get(timestamp.slice(0, 16)) ?? 0) + token_usage.total);
      return Math.max(...minutes.values());
    };
    expect(most(was)).toBeGreaterThan(100_000);
    expect(most(is)).toBeLessThanOrEqual(30_000);
    expect(most(is)).toBeGreaterThan(15_000);
    expect(is.some(({ error }) => error?.type === "rate_limited")).toBe(true);
  });

  it("cut prompts that are longer", async () => {
    const { was, is } = await play("search.answer", "longer-prompts", { max_input_tokens: 1500 });
    expect(share(was, ({ token_usage }) => token_usage.prompt > 1500)).toBeGreaterThan(0.9);
    expect(Math.max(...is.map(({ token_usage }) => token_usage.prompt))).toBe(1500);
  });

  it("stop at the budget of the last sixty minutes, and go on when that is spent long enough ago", async () => {
    const { send, pass, records, world } = await open({ fault: "cost-spike", callsPerSecond: 1.5 });
    await send("PATCH", "/config/routes/support.reply", { budget_usd_per_hour: 30 });
    const cost = (from: number) =>
      figures(within(records(), world.clock.now(), from, 0, { route: "support.reply" })).costPerHour;
    expect(cost(10 * minute)).toBeGreaterThan(60);
    await pass(90 * minute);
    expect(cost(60 * minute)).toBeLessThan(32);
    expect(cost(60 * minute)).toBeGreaterThan(5);
    expect(records().some(({ error }) => error?.type === "budget_exceeded")).toBe(true);
  });
});

describe("what the model is given", () => {
  it("a line behind the system prompt makes bad answers rarer, and costs its tokens", async () => {
    const system_prompt_suffix = "Answer only from the documents. If they do not say it, say so.";
    const { before, after, was, is } = await play("search.answer", "quality-regression", { system_prompt_suffix });
    expect(before.flagged).toBeGreaterThan(0.3);
    expect(after.flagged).toBeLessThan(before.flagged / 1.7);
    const tokens =
      mean(is, ({ token_usage }) => token_usage.prompt) - mean(was, ({ token_usage }) => token_usage.prompt);
    expect(tokens).toBeLessThan(100);
  });

  it("the prompt of before is what it was", async () => {
    const { before, after } = await play("support.reply", "cost-spike", { prompt_version: "v14" });
    expect(after.tokensOut).toBeLessThan(before.tokensOut / 4);
  });

  it("stricter guardrails keep attacks from the model, none let them reach users", async () => {
    const strict = await play("chat.free", "safety-violation", { guardrails: "strict" });
    expect(strict.before.filtered).toBeGreaterThan(0.15);
    expect(strict.after.filtered).toBe(0);
    expect(strict.after.refused).toBeGreaterThan(0.15);
    expect(strict.is.filter(({ error }) => error?.type === "guardrail").every(({ cost_usd }) => cost_usd === 0)).toBe(
      true,
    );
    const none = await play("chat.free", "safety-violation", { guardrails: false });
    expect(none.after.filtered).toBe(0);
    expect(share(none.is, (one) => one.response_snapshot!.includes("would have stopped"))).toBeGreaterThan(0.15);
  });

  it("without retrieval prompts are short and more answers are invented, degraded is between", async () => {
    const prompt = (records: CallRecord[]) => mean(records, ({ token_usage }) => token_usage.prompt);
    const off = await play("search.answer", "longer-prompts", { retrieval: false });
    const less = await play("search.answer", "longer-prompts", { retrieval: "degraded" });
    expect(prompt(off.is)).toBeLessThan(prompt(off.was) / 20);
    expect(prompt(less.is)).toBeLessThan(prompt(less.was) / 2);
    expect(prompt(less.is)).toBeGreaterThan(3 * prompt(off.is));
    expect(off.after.flagged).toBeGreaterThan(off.before.flagged);
  });

  it("a tool that is off is not used, and a program that called itself by it ends", async () => {
    const { is } = await play("support.reply", undefined, { tools: { track_parcel: false } });
    const unable = is.filter(({ response_snapshot }) => response_snapshot === "I cannot do that at the moment.");
    expect(new Set(unable.map(({ prompt_snapshot }) => prompt_snapshot))).toEqual(new Set(["Where is my parcel?"]));
    expect(unable.every(({ token_usage }) => token_usage.completion === 7)).toBe(true);
    const loop = await play("agent.research", "runaway-user", { tools: { web_search: false } });
    expect(loop.was.filter(({ user_id }) => user_id === "u-8841").length).toBeGreaterThan(500);
    expect(loop.is.filter(({ user_id }) => user_id === "u-8841")).toEqual([]);
  });
});

describe("what is recorded", () => {
  it("is a part of the calls, each of which says what part", async () => {
    const { was, is } = await play("support.reply", undefined, { trace_sample_rate: 1 }, { trace_sample_rate: 0.1 });
    expect(new Set(was.map(({ sample_rate }) => sample_rate))).toEqual(new Set([0.1]));
    expect(was.length * 10).toBeGreaterThan(is.length * 0.6);
    expect(was.length * 10).toBeLessThan(is.length * 1.4);
    expect(new Set(is.map(({ sample_rate }) => sample_rate))).toEqual(new Set([1]));
  });
});

describe("while deploys are frozen", () => {
  it("nobody brings the fault in; after that they do, and it is told when", async () => {
    const { send, pass, world } = await open({ fault: "cost-spike", startsAgoMs: -5 * minute });
    const version = async () => {
      const { body } = await send("GET", "/config/routes/support.reply");
      return (JSON.parse(body) as { prompt_version: string }).prompt_version;
    };
    const deeds = () => world.files.text(`${folder}/changes.jsonl`);
    await send("PATCH", "/config/deploys", { frozen: true });
    await pass(20 * minute);
    expect({ version: await version(), deeds: deeds() }).toEqual({ version: "v14", deeds: "" });
    await send("PATCH", "/config/deploys", { frozen: false });
    await pass(minute);
    expect(await version()).toBe("v15");
    expect(Date.parse((JSON.parse(deeds()) as { at: string }).at)).toBeGreaterThan(world.clock.now() - 2 * minute);
  });

  it("a fault that nobody deployed begins all the same", async () => {
    const { send, pass, records, world } = await open({ fault: "provider-outage", startsAgoMs: -5 * minute });
    await send("PATCH", "/config/deploys", { frozen: true });
    await pass(15 * minute);
    expect(
      figures(within(records(), world.clock.now(), 10 * minute, 0, { provider: "openai" })).errors,
    ).toBeGreaterThan(0.3);
  });
});
