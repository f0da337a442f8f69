import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mergeModels, readModels } from "../../src/models/catalogue.ts";
import type { Facts } from "../../src/models/facts.ts";
import { fitModel, projectCost, type Flow } from "../../src/models/fit.ts";
import { parseProject } from "../../src/project.ts";

const file = "runbooks/models/catalogue.yaml";
const { models: shipped = {}, findings } = readModels(readFileSync(file, "utf8"), file);

const small: Facts = { context: 1000, tools: true, vision: false, price: { in: 1, out: 2 }, regions: ["us"] };
const flow: Flow = { prompt: { tokens: 800, of: "at p95" }, tokensIn: 500, tokensOut: 100, usdPerHour: 12.3 };

describe("the shipped catalogue", () => {
  it("is read without a finding; each entry says where its figures are from, and when they were compared", () => {
    expect(findings).toEqual([]);
    const entries = Object.values(shipped);
    expect(entries.length).toBeGreaterThanOrEqual(15);
    for (const { source, checked, price, context } of entries) {
      expect(source).toMatch(/^https:\/\//);
      expect(checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(price?.out).toBeGreaterThan(0);
      expect(context).toBeGreaterThan(1000);
    }
  });

  it("gives no name to two models", () => {
    const names = Object.entries(shipped).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("finds what is wrong in one, with its place", () => {
    const wrong = readModels("m:\n  provider: p\n  contex: 5\n  source: s\n  checked: today\n", "models.yaml").findings;
    expect(wrong.map(({ at, message }) => `${at.line}: ${message}`).join("\n")).toMatch(/3: .*contex[^]*5: /);
  });
});

describe("what a project says", () => {
  const read = async (yaml: string) => (await parseProject(yaml, "llmops.yaml")).config!;

  it("is a list of names, or facts; both are names", async () => {
    expect((await read("models: [a, b]\n")).models).toEqual({ a: {}, b: {} });
    expect((await read("models: { a: { context: 5 }, b: }\n")).models).toEqual({ a: { context: 5 }, b: {} });
    expect((await parseProject("models: { a: { context: none } }\n", "llmops.yaml")).findings).not.toEqual([]);
  });

  it("lies over the catalogue figure by figure, and its prices over both", async () => {
    const { models: own } = await read(
      "models: { gpt-4o: { context: 64000, regions: [eu] }, ours: { aliases: [ours-1] } }\n",
    );
    const all = mergeModels(shipped, own, { "gpt-4o": { in: 9, out: 9 } });
    expect(all.get("gpt-4o")).toMatchObject({
      context: 64_000,
      regions: ["eu"],
      vision: true,
      price: { in: 9, out: 9 },
    });
    expect(all.get("gpt-4o-mini-2024-07-18")?.aliases).toContain("gpt-4o-mini");
    expect(all.get("ours-1")?.aliases).toEqual(["ours", "ours-1"]);
    expect(all.get("nobody")).toBeUndefined();
  });
});

describe("a model for a route", () => {
  const route = { name: "support.reply" };

  it("O05: does not fit where prompts are longer than it takes, also where only the average is known", () => {
    expect(fitModel("small", small, route, flow).misfits).toEqual([]);
    for (const of of ["at p95", "on average"] as const)
      expect(fitModel("small", small, route, { prompt: { tokens: 1500, of } }).misfits).toEqual([
        `prompts of the last hour have 1,500 tokens ${of}, and small takes 1,000 tokens`,
      ]);
  });

  it("does not fit where it lacks what the route needs, or is served elsewhere", () => {
    const strict = { ...route, needs: ["tools", "vision"] as ("tools" | "vision")[], region: "eu" };
    expect(fitModel("small", small, strict, flow).misfits).toEqual([
      "support.reply needs vision, which small does not have",
      "support.reply must stay in eu, and small is served in us",
    ]);
  });

  it("says what is not known, and refuses nothing because of it", () => {
    const blank = fitModel("new", undefined, { ...route, needs: ["json"] }, flow);
    expect(blank).toEqual({
      misfits: [],
      says: ["nothing is known of new: its context, abilities and price are not checked"],
    });
    const half = fitModel("half", { tools: true }, { ...route, needs: ["json", "tools"], region: "eu" }, {});
    expect(half).toEqual({
      misfits: [],
      says: ["not known of half: its context, JSON by a schema, where it is served"],
    });
    expect(fitModel("small", small, route, {}).says).toEqual([
      "small takes prompts of 1,000 tokens; how long they are now is not known",
    ]);
  });
});

describe("what it will cost", () => {
  it("is reckoned from the tokens of the last hour, by the prices of both", () => {
    const before = { price: { in: 10, out: 20 } };
    expect(projectCost(before, small, "small", flow)).toBe(
      "projected $/h: 25.2 → 2.52 (estimated from the last hour's tokens)",
    );
  });

  it("stands beside what was measured where the old price is not known", () => {
    expect(projectCost(undefined, small, "small", flow)).toContain("12.3 → 2.52");
    expect(projectCost(undefined, small, "small", { tokensIn: 1, tokensOut: 1 })).toContain("not known → ");
  });

  it("is not guessed", () => {
    expect(projectCost(small, { context: 5 }, "small", flow)).toMatch(/not known, small has no price/);
    expect(projectCost(small, small, "small", {})).toMatch(/not known, the tokens of the last hour cannot be read/);
  });
});
