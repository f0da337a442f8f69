import { describe, expect, it } from "vitest";
import type { FaultName } from "../../src/sandbox/fault.ts";
import type { CallRecord } from "../../src/sandbox/record.ts";
import { figures, hour, minute, open, within } from "./figures.ts";

type Figures = ReturnType<typeof figures>;

/** The last ten minutes and the hour before the fault, and the ten minutes after a cure. */
async function play(
  fault: FaultName,
  scope: Partial<CallRecord>,
  cure: { path: string; method?: "PATCH" | "PUT"; body: unknown },
): Promise<{ usual: Figures; now: Figures; cured: Figures }> {
  const { world, began, records, pass, send } = await open({ fault });
  const before = records();
  const usual = figures(within(before, began, 70 * minute, 10 * minute, scope));
  const now = figures(within(before, began, 10 * minute, 0, scope));
  const { status } = await send(cure.method ?? "PATCH", cure.path, cure.body);
  expect(status).toBe(200);
  await pass(10 * minute);
  return { usual, now, cured: figures(within(records(), world.clock.now(), 10 * minute, 0, scope)) };
}

const everything = {};
const support = "/config/routes/support.reply";

describe("cost-spike", () => {
  it.each([
    ["for everybody", everything],
    ["for the tenant of the alert", { tenant: "acme" }],
    ["on its route", { route: "support.reply" }],
  ])("multiplies the cost %s, and only by longer answers", async (_, scope) => {
    const { usual, now } = await play("cost-spike", scope, { path: support, body: {} });
    expect(now.costPerHour / usual.costPerHour).toBeGreaterThan(5);
    expect(now.tokensOut / usual.tokensOut).toBeGreaterThan(4);
    expect(now.calls / usual.calls).toBeGreaterThan(1 / 6 / 1.4);
    expect(now.calls / usual.calls).toBeLessThan(1.4 / 6);
  });

  it.each([
    ["a token clamp", { max_tokens: 512 }],
    ["a cheaper model", { model: "gpt-4o-mini" }],
    ["the kill switch", { enabled: false }],
    ["the prompt of before", { prompt_version: "v14" }],
  ])("is cured by %s", async (_, body) => {
    const { usual, cured } = await play("cost-spike", everything, { path: support, body });
    expect(cured.costPerHour / usual.costPerHour).toBeLessThan(1.4);
  });

  it("is clamped to the token", async () => {
    const { now, cured } = await play("cost-spike", everything, { path: support, body: { max_tokens: 512 } });
    expect(now.mostTokensOut).toBe(4096);
    const route = await play("cost-spike", { route: "support.reply" }, { path: support, body: { max_tokens: 512 } });
    expect(route.cured.mostTokensOut).toBe(512);
    expect(cured.tokensOut).toBeLessThan(now.tokensOut / 3);
  });
});

describe("runaway-user", () => {
  const path = "/config/blocked_users";

  it("is one user's doing, and ended by blocking that user", async () => {
    const body = ["u-8841"];
    const { usual, now, cured } = await play("runaway-user", everything, { path, method: "PUT", body });
    expect(now.costPerHour / usual.costPerHour).toBeGreaterThan(2.5);
    expect(cured.costPerHour / usual.costPerHour).toBeLessThan(1.3);
    const user = await play("runaway-user", { user_id: "u-8841" }, { path, method: "PUT", body });
    expect(user.usual.calls).toBe(0);
    expect(user.now.calls).toBeGreaterThan(500);
    expect(user.cured.refused).toBe(1);
  });

  it("is eased by a limit on the route", async () => {
    const limit = { path: "/config/routes/agent.research", body: { rpm_limit: 5 } };
    const { usual, cured } = await play("runaway-user", everything, limit);
    expect(cured.costPerHour / usual.costPerHour).toBeLessThan(1.5);
    const route = await play("runaway-user", { route: "agent.research" }, limit);
    expect(route.cured.refused).toBeGreaterThan(0.9);
  });
});

describe("provider-outage", () => {
  it("fails up to 60 % of the calls of one provider, and retries pile up", async () => {
    const { usual, now } = await play("provider-outage", { provider: "openai" }, { path: support, body: {} });
    expect(usual.errors).toBeLessThan(0.02);
    expect(now.errors).toBeGreaterThan(0.35);
    expect(now.errors).toBeLessThan(0.65);
    expect(now.retries).toBeGreaterThan(20 * usual.retries);
    const other = await play("provider-outage", { provider: "anthropic" }, { path: support, body: {} });
    expect(other.now.errors).toBeLessThan(0.02);
  });

  it("is cured for a route by a model of the other provider, not by one of the same", async () => {
    const scope = { route: "support.reply" };
    const away = await play("provider-outage", scope, { path: support, body: { model: "claude-3-5-haiku" } });
    expect(away.now.errors).toBeGreaterThan(0.35);
    expect(away.cured.errors).toBeLessThan(0.02);
    const near = await play("provider-outage", scope, { path: support, body: { model: "gpt-4o-mini" } });
    expect(near.cured.errors).toBeGreaterThan(0.35);
  });
});

describe("quality-regression", () => {
  const path = "/config/routes/search.answer";
  const scope = { route: "search.answer" };

  it("flags many answers of a new model, and is cured by the model or prompt of before", async () => {
    const { usual, now, cured } = await play("quality-regression", scope, {
      path,
      body: { model: "claude-3-5-haiku" },
    });
    expect(usual.flagged).toBeLessThan(0.06);
    expect(now.flagged).toBeGreaterThan(0.25);
    expect(cured.flagged).toBeLessThan(0.1);
    expect(now.errors).toBeLessThan(0.02);
  });

  it("shows in what the provider says it served", async () => {
    const { began, records } = await open({ fault: "quality-regression" });
    const reported = (from: number, to: number) =>
      new Set(within(records(), began, from, to, scope).records.flatMap((one) => one.model_reported ?? []));
    expect([...reported(70 * minute, 10 * minute)]).toEqual(["claude-3-5-haiku-20241022"]);
    expect([...reported(10 * minute, 0)]).toEqual(["gpt-4o-mini-2026-10-30"]);
  });
});

describe("safety-violation", () => {
  const path = "/config/routes/chat.free";

  it("has guardrails stop many answers of one route, and is ended by the kill switch", async () => {
    const { usual, now, cured } = await play(
      "safety-violation",
      { route: "chat.free" },
      { path, body: { enabled: false } },
    );
    expect(usual.filtered).toBeLessThan(0.03);
    expect(now.filtered).toBeGreaterThan(0.15);
    expect(cured.filtered).toBe(0);
    expect(cured.refused).toBe(1);
  });

  it("leaves other routes alone, also when it is ended", async () => {
    const { now, cured } = await play(
      "safety-violation",
      { route: "support.reply" },
      { path, body: { enabled: false } },
    );
    expect(now.filtered).toBeLessThan(0.03);
    expect(cured.refused).toBe(0);
  });
});

describe("latency-spike", () => {
  const scope = { route: "support.reply" };

  it.each([
    ["a token clamp", { max_tokens: 512 }],
    ["another model", { model: "gpt-4o-mini" }],
  ])("slows one model down by slower and longer answers, and is cured by %s", async (_, body) => {
    const { usual, now, cured } = await play("latency-spike", scope, { path: support, body });
    expect(usual.latencyP95).toBeLessThan(5000);
    expect(now.latencyP95).toBeGreaterThan(10_000);
    expect(now.tokensOut / usual.tokensOut).toBeGreaterThan(3);
    expect(cured.latencyP95).toBeLessThan(5000);
  });
});

describe("no fault", () => {
  it("is quiet", async () => {
    const { began, records } = await open();
    const [yesterday, now] = [25 * hour, hour].map((from) => figures(within(records(), began, from, from - hour)));
    expect(now!.errors).toBeLessThan(0.01);
    expect(now!.flagged).toBeLessThan(0.05);
    expect(now!.latencyP95).toBeLessThan(5000);
    expect(now!.costPerHour / yesterday!.costPerHour).toBeGreaterThan(0.8);
    expect(now!.costPerHour / yesterday!.costPerHour).toBeLessThan(1.25);
  });
});
