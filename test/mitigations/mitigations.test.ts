import { describe, expect, it } from "vitest";
import { mitigations } from "../../src/mitigations/index.ts";
import { modelSwitch } from "../../src/mitigations/modelSwitch.ts";
import { rateLimit } from "../../src/mitigations/rateLimit.ts";
import { tokenClamp } from "../../src/mitigations/tokenClamp.ts";
import { settingOf, type Mitigation } from "../../src/mitigations/mitigation.ts";
import { checkValue } from "../../src/schema/schema.ts";
import type { Change } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";

const nothings: Value[] = [{ absent: true }, { is: null }, { is: "" }, { is: 0 }, { is: false }, { is: [] }];
const values: Value[] = [
  ...nothings,
  { is: 512 },
  { is: 4096 },
  { is: -1 },
  { is: true },
  { is: "gpt-4o" },
  { is: "4096" },
  { is: Infinity, exact: "1e400" },
];
const params: Record<string, unknown> = {
  "kill-switch": {},
  "token-clamp": { max_tokens: 512 },
  "model-switch": { model: "gpt-4o-mini" },
  "rate-limit": { rpm: 60 },
  block: {},
  cache: {},
};

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

  it("can be seen from outside", () => {
    expect(mitigation.effect(changeOf(mitigation, { is: 4096 })).length).toBeGreaterThan(0);
  });

  it("takes its parameters and no others", () => {
    expect(checkValue(mitigation.schema, params[kind]).mistakes).toEqual([]);
    expect(checkValue(mitigation.schema, { ...(params[kind] as object), more: 1 }).mistakes).toHaveLength(1);
  });
});

describe("limits", () => {
  it.each(["token-clamp", "rate-limit"])("%s never raises", (kind) => {
    const wanted = Object.values(params[kind] as Record<string, number>)[0]!;
    const after = (now: Value): Value => find(kind).change(now, params[kind]);
    for (let n = 0; n <= wanted; n += 7) expect(after({ is: n })).toEqual({ is: n });
    for (const now of [{ is: wanted + 1 }, { is: 1_000_000 }, { is: Infinity, exact: "1e400" }])
      expect(after(now)).toEqual({ is: wanted });
  });

  it.each(["token-clamp", "rate-limit"])("%s takes what limits nothing for unlimited, and zero for a limit", (kind) => {
    const wanted = { is: Object.values(params[kind] as Record<string, number>)[0]! };
    const after = nothings.map((now) => find(kind).change(now, params[kind]));
    expect(after).toEqual([wanted, wanted, wanted, { is: 0 }, wanted, wanted]);
    expect(find(kind).change({ is: -1 }, params[kind])).toEqual(wanted);
  });

  it.each([-1, 0, 1.5, 1e9, "512", null, NaN])("refuses %s", (n) => {
    expect(checkValue(find("token-clamp").schema, { max_tokens: n }).mistakes).toHaveLength(1);
    expect(checkValue(find("rate-limit").schema, { rpm: n }).mistakes).toHaveLength(1);
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
  });

  it("is not said of a change back to nothing", () => {
    for (const kind of ["token-clamp", "rate-limit", "model-switch"])
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

  it("is any name that a parameter gives", () => {
    expect(modelSwitch.names!({ model: "small" })).toEqual({ model: "small" });
  });
});
