import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkValue } from "../../src/schema/schema.ts";
import { evidenceSchema } from "../../src/signals/evidence.ts";
import { healthySchema } from "../../src/signals/healthy.ts";

const bound = (operator: string, number: number, more: object = {}) => ({
  kind: "bound",
  bound: { operator, number },
  ...more,
});
const mistakes = (schema: z.ZodType, value: unknown) => checkValue(schema, value).mistakes.map((m) => m.message);

describe("healthy", () => {
  it.each([
    ["< 20", bound("<", 20)],
    ["< 2%", bound("<", 0.02)],
    [{ is: "< 20", for: "10m" }, bound("<", 20, { forMs: 600_000 })],
    [{ z: 2 }, { kind: "normal", z: 2 }],
    [
      { z: 3, for: "5m" },
      { kind: "normal", z: 3, forMs: 300_000 },
    ],
    [{ for: "5m" }, { kind: "normal", z: 3, forMs: 300_000 }],
    [{ change: "< 1.5x" }, { kind: "change", bound: { operator: "<", number: 1.5 } }],
  ])("%j", (given, healthy) => {
    expect(healthySchema.parse(given)).toEqual(healthy);
  });

  it.each([
    ["20", 'expected a bound like "< 20", "<= 2%" or ">= 0.7"'],
    ["< 1.5x", 'a factor of usual is written { change: "< 1.5x" }'],
    [{ change: "< 1.5" }, 'expected a factor of usual like "< 1.5x"'],
    [{ is: "< 1", z: 3 }, "expected only one of is, z and change"],
    [{ is: "< 1", for: "soon" }, "duration"],
    [{ as: "< 1" }, "as"],
    [{ z: -1 }, ""],
    [7, ""],
  ])("%j is refused", (given, message) => {
    const found = mistakes(healthySchema, given);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });
});

describe("evidence", () => {
  it.each([
    ["cost_per_hour", { ask: { signal: "cost_per_hour" } }],
    [
      { signal: "cost_per_hour", by: "user" },
      { ask: { signal: "cost_per_hour" }, by: "user" },
    ],
    [{ changes: "24h" }, { ask: { changesMs: 86_400_000 } }],
    [
      { changes: "24h", source: "flags" },
      { ask: { changesMs: 86_400_000 }, source: "flags" },
    ],
    [
      { promql: "sum(up)", healthy: "< 3", window: "1m", source: "metrics" },
      { ask: { promql: "sum(up)" }, healthy: bound("<", 3), windowMs: 60_000, source: "metrics" },
    ],
    [{ sql: "count(*)" }, { ask: { sql: "count(*)" } }],
    [{ logql: '{a="b"}' }, { ask: { logql: '{a="b"}' } }],
    [{ logsql: "error" }, { ask: { logsql: "error" } }],
  ])("%j", (given, ask) => {
    expect(evidenceSchema.parse(given)).toEqual(ask);
  });

  it.each([
    [{}, "expected exactly one of signal, promql, logql, logsql, sql, changes, found none"],
    [
      { signal: "a", promql: "b" },
      "expected exactly one of signal, promql, logql, logsql, sql, changes, found signal and promql",
    ],
    [{ signal: "a", by: "rout" }, "rout"],
    [{ signal: "a", windw: "5m" }, "windw"],
    [{ changes: "yesterday" }, "duration"],
    [{ changes: "24h", by: "user" }, "says nothing about changes"],
    [{ changes: "24h", healthy: "< 3" }, "says nothing about changes"],
    ["", "text"],
    [3, ""],
  ])("%j is refused", (given, message) => {
    const found = mistakes(evidenceSchema, given);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it("has an editor schema", () => {
    expect(z.toJSONSchema(evidenceSchema, { io: "input" })).toHaveProperty("anyOf");
  });
});
