import { afterEach, describe, expect, it } from "vitest";
import { faults, type FaultName } from "../../src/sandbox/fault.ts";
import { runTriage } from "../../src/session/triage.ts";
import { minute } from "../sandbox/figures.ts";
import { openProduct } from "./place.ts";

let product: Awaited<ReturnType<typeof openProduct>> | undefined;
afterEach(async () => {
  await product?.close();
  product = undefined;
});

/** What `llmops triage --json` says of a product with these faults. */
async function triage(having: readonly FaultName[]) {
  product = await openProduct(having);
  return look();
}

interface Told {
  named: { id: string; runbook: string; severity: string; reasons: string[] }[];
  answers: { question: string; answer: string }[];
  unexplained: string[];
  recovered: string[];
  measurements: { verdict: string; why: string }[];
}

async function look() {
  const { world, terminal } = product!;
  const before = terminal.output.length;
  const code = await runTriage(world, { scope: [], json: true });
  const told = JSON.parse(terminal.output.slice(before)) as Told;
  expect(told.measurements.filter(({ verdict }) => verdict === "error")).toEqual([]);
  return { code, ...told, ids: told.named.map(({ id }) => id) };
}

describe("triage of the sandbox", { timeout: 60_000 }, () => {
  it.each<[FaultName, suspect: string, severity: string, reason: RegExp]>([
    ["cost-spike", "longer-answers", "SEV2", /tokens out per call 2\d\d → 1\d{3}/],
    ["runaway-user", "one-user-loops", "SEV2", /user u-8841 makes 100% of the change in cost per hour/],
    ["provider-outage", "provider-limits", "SEV2", /provider errors 0\.\d% → \d\d%/],
    ["quality-regression", "invents-answers", "SEV3", /only model gpt-4o-mini: \d\d%/],
    ["safety-violation", "unsafe-answers", "SEV2", /guardrail violations 0\.\d% → /],
    // slower by a third and four times as long: the length explains it
    ["latency-spike", "longer-answers", "SEV2", /tokens out per call/],
    ["rate-limited", "provider-limits", "SEV2", /rate-limited \(429\): 100% of the errors/],
    ["key-revoked", "credentials-refused", "SEV2", /refused credentials 0% → \d\d%/],
    ["slow-provider", "provider-slow", "SEV2", /tokens out per call as usual/],
    ["cache-bypassed", "cache-bypassed", "SEV3", /cache hit rate \d\d% → /],
    ["traffic", "more-calls", "SEV2", /requests per second 1\.\d → /],
    ["cut-off", "cut-off-answers", "SEV2", /cut-off answers 0% → \d\d%/],
    ["longer-prompts", "longer-prompts", "SEV3", /tokens in per call/],
  ])("%s: %s", async (fault, suspect, severity, reason) => {
    const { code, ids, named } = await triage([fault]);
    expect({ code, ids }).toEqual({ code: 1, ids: [suspect] });
    expect(named[0]!.severity).toBe(severity);
    expect(named[0]!.reasons.join("\n")).toMatch(reason);
    if (fault !== "latency-spike") expect(named[0]!.runbook).toBe(faults[fault].runbook);
  });

  it.each<[FaultName, FaultName, string[]]>([
    ["cost-spike", "safety-violation", ["longer-answers", "unsafe-answers"]],
    ["rate-limited", "quality-regression", ["invents-answers", "provider-limits"]],
    ["key-revoked", "runaway-user", ["credentials-refused", "one-user-loops"]],
  ])("names both of two at once: %s and %s", async (one, other, both) => {
    const { ids } = await triage([one, other]);
    expect(ids.toSorted()).toEqual(both);
  });

  it("says of a false alarm that nothing is outside normal", async () => {
    const { code, ids, unexplained, answers, recovered } = await triage([]);
    expect({ code, ids, unexplained, recovered }).toEqual({ code: 0, ids: [], unexplained: [], recovered: [] });
    expect(answers.map(({ question, answer }) => [question, answer])).toEqual([
      ["provider", "no"],
      ["model", "no"],
      ["infrastructure", "unknown"],
      ["use", "no"],
    ]);
  });

  it("says of a recovery what was outside normal earlier in the hour", async () => {
    product = await openProduct(["provider-outage"], { startsAgoMs: 20 * minute });
    expect((await look()).ids).toEqual(["provider-limits"]);
    await product.sandbox.mend();
    await product.pass(12 * minute);
    const { code, ids, unexplained, recovered } = await look();
    expect({ code, ids, unexplained }).toEqual({ code: 0, ids: [], unexplained: [] });
    expect(recovered).toContain("error_rate");
  });
});

describe("the screen", { timeout: 60_000 }, () => {
  it("shows two at once, a false alarm, and one route", async () => {
    for (const [name, having, scope] of [
      ["two", ["cost-spike", "safety-violation"], []],
      ["calm", [], []],
      ["route", ["runaway-user"], ["route=agent.research"]],
    ] as const) {
      product = await openProduct(having);
      const { world, terminal } = product;
      await runTriage(world, { scope: [...scope], json: false });
      await expect(terminal.output).toMatchFileSnapshot(`screens/${name}.txt`);
      await product.close();
    }
    product = undefined;
  });
});
