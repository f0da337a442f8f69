import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { mitigations } from "../../src/mitigations/index.ts";
import { settingOf } from "../../src/mitigations/mitigation.ts";
import { openProject } from "../../src/project.ts";
import type { FaultName } from "../../src/sandbox/fault.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { openMeter } from "../../src/session/meter.ts";
import { lookAtEffect, type Look } from "../../src/steps/verify.ts";
import type { SignalCheck } from "../../src/timeline/event.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { cause } from "../fake/cause.ts";
import { gatewayLevers } from "../matrix/gatewayLevers.ts";
import { minute } from "../sandbox/figures.ts";
import { openProduct } from "../triage/place.ts";
import { readBackOnly } from "./params.ts";

let product: Awaited<ReturnType<typeof openProduct>> | undefined;
afterEach(async () => {
  await product?.close();
  product = undefined;
});

const support = { route: "support.reply" };
const cases: [kind: string, given: object, fault: FaultName, scope: Scope][] = [
  ["kill-switch", {}, "cost-spike", support],
  ["token-clamp", { max_tokens: 512 }, "cost-spike", support],
  ["model-switch", { model: "claude-3-5-haiku" }, "provider-outage", support],
  ["provider-failover", { provider: "azure" }, "provider-outage", support],
  ["fallback-chain", { models: "claude-3-5-haiku" }, "provider-outage", support],
  ["rate-limit", { rpm: 12 }, "traffic", support],
  ["token-budget", { tpm: 30_000 }, "cost-spike", support],
  ["input-clamp", { max_input_tokens: 1500 }, "longer-prompts", { route: "search.answer" }],
  ["budget-cap", { usd_per_hour: 5 }, "cost-spike", support],
  ["timeout", { timeout: "5s" }, "slow-provider", support],
  ["retry-cap", { max_retries: 1 }, "provider-outage", support],
  ["retry-cap", { max_retries: 0 }, "provider-outage", support],
  ["block", {}, "runaway-user", { user: "u-8841" }],
  ["cache", {}, "cache-bypassed", { route: "search.answer" }],
];

/** The project of a sandbox with a lever for every setting, and what the plan of a mitigation would look at. */
async function plan(kind: string, given: object, fault: FaultName, scope: Scope) {
  product = await openProduct([fault]);
  const { world, sandbox } = product;
  const [head, tail] = sandbox.projectText().split(/      levers:\n(?:        .*\n)+/) as [string, string];
  const levers = gatewayLevers.map((line) => `        ${line}\n`).join("");
  writeFileSync(join(world.cwd, "llmops.yaml"), `${head}      levers:\n${levers}${tail}`);
  const project = await openProject(world);
  const target = project.targets[0]!.open();
  const mitigation = mitigations.find((one) => one.kind === kind)!;
  const params = checkValue(mitigation.schema, given).value as unknown;
  const setting = settingOf(mitigation, given)!;
  const read = await target.read(setting, scope);
  if ("error" in read) throw new Error(read.error);
  const [before, after] = [read.value, mitigation.change(read.value, params)];
  const change = {
    id: "m1",
    mitigation: kind,
    target: "gateway",
    setting,
    scope,
    before,
    after,
    version: read.version,
  };
  const effects = mitigation.effect(change).map((effect): SignalCheck => ({
    signal: effect.signal,
    scope: { ...scope, ...effect.scope },
    healthy: { kind: "bound", bound: effect.healthy },
  }));
  const measure = openMeter(project, world);
  const look = { measure: (id, ask, at, since) => measure(id, ask, at ?? scope, since) } as Look;
  return { ...product, project, target, change, effects, look };
}

describe("a mitigation is seen in effect on the sandbox", { timeout: 60_000 }, () => {
  it.each(cases)("%s %j against %s: after the change, and not before", async (kind, given, fault, scope) => {
    const { world, project, target, change, effects, look, pass } = await plan(kind, given, fault, scope);
    try {
      expect(effects.length).toBeGreaterThan(0);
      expect((await lookAtEffect({ effects }, look)).verdict).toBe("no");
      expect(await target.write(change, cause)).toMatchObject({ written: true });
      await pass(5000);
      const settled = world.clock.now();
      await pass(3 * minute);
      const { verdict, why } = await lookAtEffect({ effects }, look, settled);
      expect({ verdict, why }).toMatchObject({ verdict: "yes" });
    } finally {
      await project.close();
    }
  });

  it("every one that is not read back only", () => {
    const seen = new Set(cases.map(([kind]) => kind));
    expect(mitigations.map(({ kind }) => kind).filter((kind) => !seen.has(kind) && !(kind in readBackOnly))).toEqual(
      [],
    );
  });
});
