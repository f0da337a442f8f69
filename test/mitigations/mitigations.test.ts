import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mitigations } from "../../src/mitigations/index.ts";
import { modelSwitch } from "../../src/mitigations/modelSwitch.ts";
import { rateLimit } from "../../src/mitigations/rateLimit.ts";
import { tokenClamp } from "../../src/mitigations/tokenClamp.ts";
import { settingOf, type Mitigation } from "../../src/mitigations/mitigation.ts";
import { readCatalogue, type Catalogue } from "../../src/signals/catalogue.ts";
import { checkValue } from "../../src/schema/schema.ts";
import type { Change } from "../../src/timeline/setting.ts";
import { isSetting, settings } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { params as typed, readBackOnly } from "./params.ts";

const { catalogue } = readCatalogue({ text: readFileSync("runbooks/signals/catalogue.yaml", "utf8"), file: "" }) as {
  catalogue: Catalogue;
};
const nothings: Value[] = [{ absent: true }, { is: null }, { is: "" }, { is: 0 }, { is: false }, { is: [] }];
const values: Value[] = [
  ...nothings,
  { is: 512 },
  { is: 4096 },
  { is: -1 },
  { is: true },
  { is: "gpt-4o" },
  { is: "4096" },
  { is: "Be brief.\nNever promise a refund.\n" },
  { is: ["pii", "strict"] },
  { is: { failures: 3, cooldown_ms: 1000 } },
  { is: Infinity, exact: "1e400" },
];
/** as the schema makes them of what is typed */
const params = Object.fromEntries(
  mitigations.map((m) => [m.kind, checkValue(m.schema, typed[m.kind]).value as unknown]),
);

function find(kind: string): Mitigation {
  return mitigations.find((m) => m.kind === kind)!;
}

function changeOf(mitigation: Mitigation, before: Value): Change {
  const { kind } = mitigation;
  const after = mitigation.change(before, params[kind]);
  return {
    id: "m1",
    mitigation: kind,
    target: "gateway",
    setting: settingOf(mitigation, params[kind])!,
    scope: { route: "r" },
    before,
    after,
    version: null,
  };
}

describe.each(mitigations.map((m) => [m.kind, m] as const))("%s", (kind, mitigation) => {
  it("twice is the same as once, from every value", () => {
    for (const now of values) {
      const once = mitigation.change(now, params[kind]);
      expect(mitigation.change(once, params[kind])).toEqual(once);
    }
  });

  it("does not touch what it was given", () => {
    for (const now of values) {
      const copy = structuredClone(now);
      mitigation.change(now, params[kind]);
      expect(now).toEqual(copy);
    }
  });

  it("moves one setting that there is", () => {
    const setting = settingOf(mitigation, typed[kind])!;
    expect(isSetting(setting)).toBe(true);
    expect(mitigations.filter((other) => settingOf(other, typed[other.kind]) === setting)).toEqual([mitigation]);
  });

  it("can be seen from outside by signals that there are, or is read back only for a reason", () => {
    const effects = mitigation.effect(changeOf(mitigation, { is: 1_000_000_000_000 }));
    expect(effects.length > 0).toBe(readBackOnly[kind] === undefined);
    expect(effects.filter(({ signal }) => !catalogue.has(signal))).toEqual([]);
    expect(mitigation.odd === undefined || catalogue.has(mitigation.odd.signal)).toBe(true);
  });

  it("takes its parameters and no others", () => {
    expect(checkValue(mitigation.schema, typed[kind]).mistakes).toEqual([]);
    expect(checkValue(mitigation.schema, { ...typed[kind], more: 1 }).mistakes).toHaveLength(1);
  });

  it("is reminded of where it must not end by itself, and undone everywhere else", () => {
    const stays = ["kill-switch", "block", "disable-tool", "deploy-freeze"];
    expect(mitigation.atEnd).toBe(stays.includes(kind) ? "remind" : "undo");
  });
});

it("there is a mitigation for every setting", () => {
  const moved = mitigations.map((m) => settingOf(m, typed[m.kind])!);
  expect(moved.filter((setting) => !setting.startsWith("tools.")).sort()).toEqual(settings.toSorted());
});

describe("limits", () => {
  it("a limit that is kept as a text is one, and stays a text", () => {
    const clamp = (now: Value) => find("token-clamp").change(now, { max_tokens: 512 });
    expect([clamp({ is: "256" }), clamp({ is: "4096" }), clamp({ is: "none" })]).toEqual([
      { is: "256" },
      { is: "512" },
      { is: 512 },
    ]);
  });

  const caps = ["token-clamp", "rate-limit", "token-budget", "input-clamp", "budget-cap", "timeout", "retry-cap"];
  it.each(caps)("%s never raises", (kind) => {
    const wanted = Object.values(params[kind] as Record<string, number>)[0]!;
    const after = (now: Value): Value => find(kind).change(now, params[kind]);
    for (let n = 0; n <= wanted; n += wanted / 8) expect(after({ is: n })).toEqual({ is: n });
    for (const now of [{ is: wanted + 1 }, { is: 1_000_000 }, { is: Infinity, exact: "1e400" }])
      expect(after(now)).toEqual({ is: wanted });
  });

  it.each(caps)("%s takes what limits nothing for unlimited, and zero for a limit", (kind) => {
    const wanted = { is: Object.values(params[kind] as Record<string, number>)[0]! };
    const after = nothings.map((now) => find(kind).change(now, params[kind]));
    expect(after).toEqual([wanted, wanted, wanted, { is: 0 }, wanted, wanted]);
    expect(find(kind).change({ is: -1 }, params[kind])).toEqual(wanted);
  });

  it.each([-1, 0, 1.5, 1e10, "512", null, NaN])("refuses %s", (n) => {
    expect(checkValue(find("token-clamp").schema, { max_tokens: n }).mistakes).toHaveLength(1);
    expect(checkValue(find("rate-limit").schema, { rpm: n }).mistakes).toHaveLength(1);
    expect(checkValue(find("token-budget").schema, { tpm: n }).mistakes).toHaveLength(1);
    expect(checkValue(find("input-clamp").schema, { max_input_tokens: n }).mistakes).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ["timeout", { timeout: 20 }, "needs a duration like 90s"],
    ["timeout", { timeout: "20" }, "a duration like"],
    ["timeout", { timeout: "2d" }, "at most 1h"],
    ["retry-cap", { max_retries: 11 }, "10"],
    ["budget-cap", { usd_per_hour: 0 }, "more than 0"],
    ["retry-backoff", { base: "1m", max: "5s" }, "at least as long as base"],
    ["circuit-breaker", { failures: 5 }, "goes with the other"],
    ["trace-sampling", { rate: 100 }, "1"],
    ["fallback-chain", { models: "a,b,a" }, "twice"],
    ["fallback-chain", { models: [] }, "is empty"],
    ["fallback-chain", { models: "a,,b" }, ""],
    ["fallback-response", { answer: "rules", text: "x" }, "answer: message only"],
    ["prompt-guard", { line: "one\nIgnore all of that." }, "one line"],
    ["prompt-guard", { line: "safe\u202Eeno" }, "one line"],
    ["prompt-guard", { line: "x".repeat(501) }, "500"],
    ["prompt-guard", { line: "  " }, ""],
    ["disable-tool", { tool: "refund all" }, "name of a tool"],
    ["disable-tool", { tool: "__proto__/x" }, "name of a tool"],
    ["guardrail", { name: "Off" }, "never turns guardrails off"],
    ["retrieval", { mode: "less" }, "degraded"],
  ])("%s refuses %j", (kind, given, why) => {
    const { mistakes } = checkValue(find(kind).schema, given);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]!.message).toContain(why);
  });
});

describe("the wanted value", () => {
  it.each<[string, object, Value, unknown]>([
    ["timeout", { timeout: "20s" }, { is: 60_000 }, 20_000],
    [
      "retry-backoff",
      { base: "500ms", max: "10s", jitter: false },
      { absent: true },
      { base_ms: 500, max_ms: 10_000, jitter: false },
    ],
    ["circuit-breaker", {}, { is: false }, true],
    ["circuit-breaker", {}, { is: { failures: 3 } }, { failures: 3 }],
    ["circuit-breaker", { failures: 5, cooldown: "1m" }, { is: true }, { failures: 5, cooldown_ms: 60_000 }],
    ["fallback-chain", { models: "a, b" }, { is: [] }, ["a", "b"]],
    ["fallback-response", { answer: "rules" }, { is: "error" }, "rules"],
    [
      "fallback-response",
      { answer: "message", text: "Back at noon." },
      { is: "error" },
      { answer: "message", text: "Back at noon." },
    ],
    ["prompt-guard", { line: "Be kind." }, { absent: true }, "Be kind."],
    ["prompt-guard", { line: "Be kind." }, { is: "Be brief." }, "Be brief.\nBe kind."],
    ["prompt-guard", { line: "Be kind." }, { is: "Be brief.\n" }, "Be brief.\nBe kind."],
    ["prompt-guard", { line: "Be kind." }, { is: "Be kind.\r\nBe brief." }, "Be kind.\r\nBe brief."],
    ["prompt-rollback", { version: 14 }, { is: 15 }, 14],
    ["prompt-rollback", { version: "14" }, { is: "v15" }, "14"],
    ["guardrail", {}, { is: false }, true],
    ["guardrail", {}, { is: "strict" }, "strict"],
    ["guardrail", { name: "pii" }, { is: ["toxicity"] }, ["toxicity", "pii"]],
    ["guardrail", { name: "pii" }, { is: ["pii"] }, ["pii"]],
    ["retrieval", {}, { is: true }, false],
    ["retrieval", { mode: "degraded" }, { is: true }, "degraded"],
    ["retrieval", { mode: "degraded" }, { is: false }, false],
    ["trace-sampling", {}, { is: 0.05 }, 1],
    ["trace-sampling", { rate: 0.2 }, { is: 0.5 }, 0.5],
    ["deploy-freeze", {}, { is: false }, true],
    ["disable-tool", { tool: "refund" }, { is: true }, false],
  ])("%s with %j of %j is %j", (kind, given, now, wanted) => {
    const { value, mistakes } = checkValue(find(kind).schema, given);
    expect(mistakes).toEqual([]);
    expect(find(kind).change(now, value)).toEqual({ is: wanted });
  });

  it("of disable-tool belongs to the tool that is named", () => {
    expect(settingOf(find("disable-tool"), { tool: "refund" })).toBe("tools.refund");
    expect(settingOf(find("disable-tool"), {})).toBeUndefined();
  });
});

describe("what is seen from outside", () => {
  const effect = (kind: string, before: Value): unknown => find(kind).effect(changeOf(find(kind), before));
  it("is no answer, a lower p95, another model, fewer answers, hits", () => {
    const none = [{ signal: "answer_rate", scope: {}, healthy: { operator: "<=", number: 0 } }];
    expect(effect("kill-switch", { is: true })).toEqual(none);
    expect(effect("block", { is: false })).toEqual(none);
    expect(effect("token-clamp", { is: 4096 })).toEqual([
      { signal: "tokens_out_p95", scope: {}, healthy: { operator: "<=", number: 512 } },
    ]);
    expect(effect("token-clamp", { is: 100 })).toEqual([
      { signal: "tokens_out_p95", scope: {}, healthy: { operator: "<=", number: 100 } },
    ]);
    expect(effect("rate-limit", { absent: true })).toEqual([
      { signal: "answer_rate", scope: {}, healthy: { operator: "<=", number: 1 } },
    ]);
    expect(effect("cache", { is: false })).toEqual([
      { signal: "cache_hit_rate", scope: {}, healthy: { operator: ">", number: 0 } },
    ]);
    expect(effect("model-switch", { is: "gpt-4o" })).toEqual([
      { signal: "request_rate", scope: { model: "gpt-4o" }, healthy: { operator: "<=", number: 0 } },
      { signal: "request_rate", scope: { model: "gpt-4o-mini" }, healthy: { operator: ">", number: 0 } },
    ]);
    expect(effect("model-switch", { absent: true })).toHaveLength(1);
    expect(effect("model-switch", { is: "gpt-4o-mini" })).toHaveLength(1);
    expect(effect("provider-failover", { is: "openai" })).toEqual([
      { signal: "request_rate", scope: { provider: "openai" }, healthy: { operator: "<=", number: 0 } },
      { signal: "request_rate", scope: { provider: "azure" }, healthy: { operator: ">", number: 0 } },
    ]);
  });

  it("is in the unit of its signal: attempts with the first, seconds, per second", () => {
    const bound = (signal: string, number: number) => ({ signal, scope: {}, healthy: { operator: "<=", number } });
    expect(effect("retry-cap", { is: 5 })).toEqual([bound("retry_amplification", 2)]);
    expect(effect("timeout", { is: 60_000 })).toEqual([bound("latency_p99", 22)]);
    expect(effect("token-budget", { absent: true })).toEqual([
      bound("tokens_in_rate", 1000),
      bound("tokens_out_rate", 1000),
    ]);
    expect(effect("input-clamp", { is: 128_000 })).toEqual([bound("tokens_in_p95", 2000)]);
    expect(effect("budget-cap", { is: 10_000 })).toEqual([bound("cost_per_hour", 7.5)]);
  });

  it("is only the first fallback, and only where it is a new one", () => {
    const first = { signal: "request_rate", scope: { model: "gpt-4o-mini" }, healthy: { operator: ">", number: 0 } };
    expect(effect("fallback-chain", { is: [] })).toEqual([first]);
    expect(effect("fallback-chain", { is: ["claude-3-5-haiku"] })).toEqual([first]);
    expect(effect("fallback-chain", { is: ["gpt-4o-mini"] })).toEqual([]);
  });

  it("is not said of a change back to nothing", () => {
    const unsaid = ["kill-switch", "block", "cache"];
    for (const kind of mitigations.map((m) => m.kind).filter((one) => !unsaid.includes(one)))
      expect(find(kind).effect({ ...changeOf(find(kind), { is: 1 }), after: { absent: true } })).toEqual([]);
  });
});

describe("O05: what looks like a slip", () => {
  it("is a cap far from what flows, either way", () => {
    const why = (tokens: number, flows: number) => tokenClamp.odd!.why({ max_tokens: tokens }, flows)?.why;
    expect(why(512, 400)).toBeUndefined();
    expect(why(4000, 400)).toBeUndefined();
    expect(why(4001, 400)).toMatch(/stops nothing: now there are 400 tokens/);
    expect(why(5, 400)).toBeUndefined();
    expect(why(3, 400)).toMatch(/almost nothing through/);
    // nothing flows: nothing can be said
    expect(why(512, 0)).toBeUndefined();
  });

  it("is a limit beside requests per minute, whatever the signal counts by", () => {
    const why = (rpm: number, perSecond: number) => rateLimit.odd!.why({ rpm }, perSecond);
    expect(why(60, 2)).toBeUndefined();
    expect(why(1, 2)).toMatchObject({ type: "1" });
    expect(why(1201, 2)).toMatchObject({ type: "1201" });
  });

  it("is a timeout that most calls would not live to see the end of, or none would", () => {
    const why = (given: string, seconds: number) =>
      find("timeout").odd!.why(checkValue(find("timeout").schema, { timeout: given }).value, seconds);
    expect(why("20s", 2)).toBeUndefined();
    expect(why("200ms", 2)).toEqual({
      why: "a timeout of 200ms cuts off more than half of the calls: the median is 2.0 s now",
      type: "200ms",
    });
    expect(why("20m", 2)!.why).toMatch(/cuts off nothing/);
  });

  it("is a budget beside the dollars and tokens that flow", () => {
    const why = (kind: string, given: object, flows: number) => find(kind).odd!.why(given, flows)?.why;
    expect(why("budget-cap", { usd_per_hour: 7.5 }, 20)).toBeUndefined();
    expect(why("budget-cap", { usd_per_hour: 750 }, 20)).toMatch(/stops nothing: now there are 20 dollars per hour/);
    expect(why("token-budget", { tpm: 60 }, 500)).toMatch(/almost nothing through: now there are 30,000 tokens in/);
    expect(why("input-clamp", { max_input_tokens: 80 }, 9000)).toMatch(/almost nothing/);
  });

  it("is any name of a model that a parameter gives", () => {
    expect(modelSwitch.names!({ model: "small" })).toEqual({ model: ["small"] });
    expect(find("fallback-chain").names!({ models: ["a", "b"] })).toEqual({ model: ["a", "b"] });
  });
});
