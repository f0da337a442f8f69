import { describe, expect, it } from "vitest";
import { runbook, spike } from "../scenario/spike.ts";
import { setStage, type Stage } from "../scenario/stage.ts";

const blocked = `
id: night
title: Cost spike
class: cost
severity: SEV2
summary: Tokens cost far more than usual.
alerts: [TokenCostExplosion]
scope: [route]
evidence:
  burn: cost_per_hour
  routes: { signal: cost_per_hour, by: route }
  tenants: { signal: cost_per_hour, by: tenant }
steps:
  - { id: who, title: Who?, ask: { question: Which tenant?, pick: tenants } }
  - { id: note, title: Note it, instruct: Note who it is. }
  - { id: clamp, title: Clamp, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: calm, title: Calm?, wait: { until: { burn: healthy }, within: 10m } }
  - { id: tell, title: Tell, notify: { to: tenants } }
`;

async function idOf({ world }: Stage): Promise<string> {
  return (await world.files.list(`${world.cwd}/.llmops/incidents`))[0]!;
}

describe("a past incident", () => {
  it("becomes a test that passes at once: the rehearsal goes the way the incident went", async () => {
    const stage = setStage(spike);
    await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
    const before = stage.world.requests.length;
    expect(await stage.llmops("runbook", "test", "--from", await idOf(stage), "-o", "runbooks/spike.test.yaml")).toBe(
      0,
    );
    expect(stage.world.terminal.screen).toContain("llmops runbook test runbooks/spike.test.yaml");
    expect(stage.world.requests).toHaveLength(before);
    const text = stage.world.files.text("/home/dana/shop/runbooks/spike.test.yaml");
    await expect(text).toMatchFileSnapshot("from-spike.yaml");
    expect(await stage.llmops("runbook", "test", "runbooks")).toBe(0);
    expect(stage.world.requests).toHaveLength(before);
    // what is there already is left alone
    expect(await stage.llmops("runbook", "test", "--from", await idOf(stage), "-o", "runbooks/spike.test.yaml")).toBe(
      5,
    );
    expect(runbook).toContain("id: spike");
  });

  it("keeps no name of a user or tenant, and no words of people", async () => {
    const tenants = { "eve@example.com": 90, "initech.long": 10 };
    const stage = setStage({
      ...spike,
      figures: [["by (tenant)", () => tenants], ...spike.figures!],
      files: {
        "runbooks/night.yaml": blocked,
        "answers.yaml": "who: initech.long\nnote: done\nclamp: apply\n",
      },
    });
    await stage.llmops("incident", "start", "night", "--scope", "route=support.reply", "--answers", "answers.yaml");
    expect(await stage.llmops("incident", "note", "eve@example.com of initech called")).toBe(0);
    expect(await stage.llmops("runbook", "test", "--from", await idOf(stage))).toBe(0);
    const text = stage.world.terminal.output;
    expect(text).not.toMatch(/eve|initech|called/);
    await expect(text).toMatchFileSnapshot("from-night.yaml");
  });

  it("that was left on its way is gone through to the end: what nobody came to is skipped", async () => {
    const stage = setStage({ ...spike, files: { ...spike.files, "some.yaml": "cause: inflation\nclamp: apply\n" } });
    const left = ["incident", "start", "--alert", "alert.json", "--answers", "some.yaml"];
    await stage.llmops(...left);
    expect(await stage.llmops("runbook", "test", "--from", await idOf(stage))).toBe(0);
    expect(stage.world.terminal.output).toContain("steps:");
  });
});
