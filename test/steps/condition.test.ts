import { describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { conditionSchema, evaluate, idsOf, refersOf, sayCondition, type Condition } from "../../src/steps/condition.ts";

function read(value: unknown): Condition {
  const { value: condition, mistakes } = checkValue(conditionSchema, value);
  expect(mistakes).toEqual([]);
  return condition!;
}

describe("a condition", () => {
  const written = {
    cause: ["loop", "traffic"],
    burn: "unhealthy",
    any: [{ users: "concentrated" }, { calls: "unhealthy", loops: "healthy" }],
  };
  const condition = read(written);
  const holds = (outcomes: Record<string, string>) => evaluate(condition, (id) => outcomes[id]);

  it("holds when every id ended as asked, and one of the alternatives does", () => {
    const base = { cause: "loop", burn: "unhealthy" };
    expect(holds({ ...base, users: "concentrated" })).toBe(true);
    expect(holds({ ...base, calls: "unhealthy", loops: "healthy" })).toBe(true);
    expect(holds({ ...base, calls: "unhealthy", loops: "no-data" })).toBe(false);
    expect(holds(base)).toBe(false);
    expect(holds({ cause: "one", burn: "unhealthy", users: "concentrated" })).toBe(false);
  });

  it("is false on what was skipped or never reached, unless it says `skipped`", () => {
    const helped = read({ clamp: "helped" });
    const skipped = read({ clamp: ["no-effect", "skipped"] });
    expect(evaluate(helped, () => "skipped")).toBe(false);
    expect(evaluate(skipped, () => "skipped")).toBe(true);
    expect(evaluate(skipped, () => undefined)).toBe(false);
  });

  it("knows its ids, where they stand, and how to say itself", () => {
    expect(idsOf(condition)).toEqual(["cause", "burn", "users", "calls", "loops"]);
    expect(refersOf(condition, ["when"]).map(({ at }) => at.join("."))).toEqual([
      "when.cause",
      "when.burn",
      "when.any.0.users",
      "when.any.1.calls",
      "when.any.1.loops",
    ]);
    expect(sayCondition(read({ burn: "healthy" }))).toBe("burn healthy");
    expect(sayCondition(condition)).toBe(
      "cause loop or traffic, and burn unhealthy, and either users concentrated, or calls unhealthy, and loops healthy",
    );
  });

  it.each([
    [{}, "it is empty: name an id and its outcome, like { cause: one }"],
    [{ a: [] }, "`a` is empty"],
    [{ a: true }, "`a` needs text or a list, it is true"],
    [{ any: [] }, "`any` is empty"],
    [{ any: { a: "b" } }, "`any` needs a list, it is a map"],
  ])("%j is none", (value, message) => {
    expect(checkValue(conditionSchema, value, "it").mistakes.map((one) => one.message)).toEqual([message]);
  });
});
