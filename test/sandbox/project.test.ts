import { describe, expect, it } from "vitest";
import { openProject, parseProject } from "../../src/project.ts";
import { models } from "../../src/sandbox/catalogue.ts";
import { faults, type FaultName } from "../../src/sandbox/fault.ts";
import { readAlerts } from "../../src/session/alert.ts";
import { minute, open } from "./figures.ts";
import { cause } from "../fake/cause.ts";

const names = Object.keys(faults) as FaultName[];
const each = [undefined, ...names] as const;
const on = (fault: FaultName | undefined) => open({ mode: "metrics", ...(fault === undefined ? {} : { fault }) });

describe("the sandbox's llmops.yaml", () => {
  it.each(each)("is a project file without a mistake (%s)", async (fault) => {
    const { sandbox } = await on(fault);
    for (const options of [{}, { prometheus: "http://127.0.0.1:9090" }]) {
      const { config, findings } = await parseProject(sandbox.projectText(options), "llmops.yaml");
      expect(findings).toEqual([]);
      expect(config!.stack).toBe("prometheus" in options ? "seed" : "calls");
      expect(Object.keys(config!.routes)).toContain("support.reply");
    }
  });

  it.each(names)("switches to a model that has not got the fault (%s)", async (fault) => {
    const { refuge } = faults[fault];
    expect(models).toHaveProperty([refuge]);
    const { sandbox } = await on(fault);
    expect(sandbox.projectText()).toContain(`model-switch: { model: ${refuge} }`);
  });
});

describe("the target of the sandbox's llmops.yaml", () => {
  it.each([
    ["enabled", { route: "support.reply" }, true, false],
    ["model", { route: "support.reply" }, "gpt-4o", "gpt-4o-mini"],
    ["max_tokens", { route: "support.reply" }, 4096, 512],
    ["rpm_limit", { route: "support.reply" }, 6000, 60],
    ["cache", { route: "support.reply" }, true, false],
    ["blocked", { user: "u-8841" }, false, true],
  ] as const)("reads and writes %s on condition of its version", async (setting, scope, was, is) => {
    const { world, sandbox } = await on("cost-spike");
    await world.files.replace(`${world.cwd}/llmops.yaml`, sandbox.projectText());
    const target = (await openProject(world)).targets[0]!.open();
    const read = await target.read(setting, scope);
    if ("error" in read) throw new Error(read.error);
    expect(read.value).toEqual({ is: was });
    expect(target.levers.find((lever) => lever.setting === setting)).toMatchObject({
      conditional: true,
      settles: 5000,
    });
    const change = {
      id: "m1",
      mitigation: "x",
      target: "gateway",
      setting,
      scope,
      before: read.value,
      after: { is: is },
    };
    expect(await target.write({ ...change, version: read.version }, cause)).toMatchObject({ written: true });
    expect(await target.read(setting, scope)).toMatchObject({ value: { is: is } });
    expect(await target.write({ ...change, version: read.version }, cause)).toMatchObject({ conflict: true });
  });

  it.each(names)("offers nothing that is not there (%s)", async (fault) => {
    const { world, sandbox } = await on(fault);
    await world.files.replace(`${world.cwd}/llmops.yaml`, sandbox.projectText());
    const target = (await openProject(world)).targets[0]!.open();
    const reads = target.levers.map(({ setting }) => target.read(setting, { route: "support.reply", user: "u-1" }));
    expect((await Promise.all(reads)).filter((read) => "error" in read)).toEqual([]);
  });

  it("names the routes that are nearest to a misspelt one", async () => {
    const { world, sandbox } = await on("cost-spike");
    await world.files.replace(`${world.cwd}/llmops.yaml`, sandbox.projectText());
    const target = (await openProject(world)).targets[0]!.open();
    const read = await target.read("enabled", { route: "support.replay" });
    expect(read).toMatchObject({ missing: true });
    expect((read as { nearest: string[] }).nearest[0]).toBe("support.reply");
  });
});

describe("the sandbox's alert", () => {
  it.each(names)("is what Alertmanager sends, firing since three minutes after the fault began (%s)", async (fault) => {
    const { sandbox, began } = await on(fault);
    const { alert } = faults[fault];
    expect(sandbox.alert).toMatchObject({ version: "4", status: "firing", truncatedAlerts: 0 });
    const { firing, resolved } = readAlerts(JSON.stringify(sandbox.alert), "the sandbox");
    const [first, ...others] = [...firing, ...resolved];
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      name: alert.name,
      status: "firing",
      labels: { alertname: alert.name, ...alert.labels },
      startsAt: began - 7 * minute,
    });
    expect(first!.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it("has a name for each of the five runbooks", () => {
    const own = names.filter((name) => faults[name].runbook === name);
    const alertOf = Object.fromEntries(own.map((name) => [name, faults[name].alert.name]));
    expect(alertOf).toEqual({
      "cost-spike": "TokenCostExplosion",
      "provider-outage": "ProviderErrorRateHigh",
      "quality-regression": "HighHallucinationRate",
      "safety-violation": "GuardrailViolationSpike",
      "latency-spike": "LatencyP95Exceeded",
    });
  });
});
