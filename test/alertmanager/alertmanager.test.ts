import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAlerts } from "../../src/session/alert.ts";
import { runbook, spike } from "../scenario/spike.ts";
import { setStage, type Stage } from "../scenario/stage.ts";
import { timelines } from "../scenario/timelines.ts";
import { isMissing } from "../parts/daemon.ts";
import { startAlertmanager, type Alertmanager, type Posted } from "./realAlertmanager.ts";

const now = Date.now();
/** Alertmanager keeps nanoseconds in a webhook, and milliseconds in its list. */
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString().replace("Z", "789123Z");
const since = (minutes: number) => now - minutes * 60_000;
const hostile = 'up \u001b[31mred\u001b]8;;http://evil\u0007\u202e<b>&"} or vector(1)\n- [x](javascript:1)\u0000';

const page = (group: string, labels: Record<string, string>, more: Partial<Posted> = {}): Posted => ({
  labels: { alertname: "TokenCostExplosion", group, ...labels },
  startsAt: ago(8),
  ...more,
});
const holding =
  (...parts: string[]) =>
  (text: string) =>
    parts.every((part) => text.includes(part));

describe.skipIf(isMissing("prometheus-alertmanager"))("a real prometheus-alertmanager", () => {
  let manager: Alertmanager;
  beforeAll(async () => {
    manager = await startAlertmanager();
  }, 30_000);
  afterAll(() => manager?.stop());

  /** Starts an incident from this, piped in, on the simulated world; the alert says which runbook. */
  async function start(input: string, ...more: string[]): Promise<{ code: number; stage: Stage; said: string }> {
    const stage = setStage({
      ...spike,
      now: new Date(now).toISOString(),
      input,
      files: {
        "runbooks/spike.yaml": runbook.replace("scope: [route]", "scope: [tenant, route]"),
        "runbooks/slow.yaml": runbook
          .replace("id: spike", "id: slow")
          .replace("[TokenCostExplosion]", "[LatencyP95Exceeded]"),
        "answers.yaml": "cause: nothing\n",
      },
    });
    const code = await stage.llmops("incident", "start", "--alert", "-", "--answers", "answers.yaml", ...more);
    return { code, stage, said: stage.world.terminal.screen.replace(/\s+/g, " ") };
  }

  it("J16: opens by its webhook the right runbook, scope, severity and time, and shows no byte of it raw", async () => {
    const annotations = { summary: hostile, description: "d".repeat(5000) };
    const labels = { tenant: "acme", route: "support.reply", severity: "P1", odd: hostile };
    await manager.post([page("one", labels, { annotations, generatorURL: "http://prometheus:9090/graph?g0.expr=up" })]);
    const text = await manager.webhook("whole", holding('"group":"one"'));
    const sent = JSON.parse(text) as { version: string; alerts: { fingerprint: string }[] };
    expect(sent.version).toBe("4");

    const { code, stage } = await start(text);
    expect(code).toBe(0);
    const [{ incident, events }] = await timelines(stage);
    expect(events.find(({ type }) => type === "pinned")?.payload).toMatchObject({ runbook: "spike" });
    expect(incident).toMatchObject({ severity: "SEV1", scope: { tenant: "acme", route: "support.reply" } });
    expect(incident.alerts).toEqual([
      {
        name: "TokenCostExplosion",
        status: "firing",
        labels: { alertname: "TokenCostExplosion", group: "one", ...labels },
        annotations,
        startsAt: since(8),
        fingerprint: sent.alerts[0]!.fingerprint,
        generator: "http://prometheus:9090/graph?g0.expr=up",
      },
    ]);
    expect(sent.alerts[0]!.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    await stage.llmops("incident", "show");
    await stage.llmops("incident", "timeline");
    const { output, screen } = stage.world.terminal;
    expect(screen + output).not.toMatch(/[\u0000\u0007\u001b\u202e]/);
  });

  it("opens one incident for a group: all that fire are in it, its scope is what they have in common, its severity the worst", async () => {
    await manager.post([
      page("several", { tenant: "acme", route: "chat.free", severity: "sev3" }, { startsAt: ago(2) }),
      page("several", { tenant: "acme", route: "support.reply", severity: "sev1" }),
      page("several", { tenant: "acme", route: "agent.research", severity: "sev3" }, { startsAt: ago(9) }),
    ]);
    const { code, stage, said } = await start(await manager.webhook("whole", holding('"group":"several"')));
    expect(code).toBe(0);
    const [{ incident }] = await timelines(stage);
    expect(incident.scope).toEqual({ tenant: "acme" });
    expect(incident.severity).toBe("SEV1");
    expect(incident.alerts.map(({ labels, startsAt }) => [labels["route"], startsAt])).toEqual([
      ["agent.research", since(9)],
      ["support.reply", since(8)],
      ["chat.free", since(2)],
    ]);
    expect(said).toContain("TokenCostExplosion (3 alerts), firing since");
    expect(said).not.toContain("and TokenCostExplosion");
    expect(said).toContain("route is open");
  });

  it("opens nothing for what ended, and leaves it out where others fire", async () => {
    const ended = page("over", { tenant: "acme", route: "chat.free" });
    const stays = page("over", { tenant: "acme", route: "support.reply" }, { startsAt: ago(1) });
    await manager.post([ended, stays]);
    await manager.webhook("whole", holding('"group":"over"'));
    await manager.post([{ ...ended, endsAt: ago(0) }]);
    const partly = await manager.webhook("whole", holding('"group":"over"', '"resolved"', '"status":"firing"'));
    const { stage } = await start(partly);
    const [{ incident }] = await timelines(stage);
    expect(incident.alerts.map(({ labels }) => labels["route"])).toEqual(["support.reply"]);
    expect(incident.scope).toEqual({ tenant: "acme", route: "support.reply" });

    await manager.post([{ ...stays, endsAt: ago(0) }]);
    const over = await manager.webhook(
      "whole",
      (text) => text.includes('"group":"over"') && !text.includes('"firing"'),
    );
    expect(readAlerts(over, "-")).toMatchObject({ firing: [], resolved: [{ name: "TokenCostExplosion" }] });
    const refused = await start(over);
    expect(refused.code).toBe(2);
    expect(refused.said).toContain(
      "stdin holds no alert that fires: TokenCostExplosion ended. No incident was opened.",
    );
    expect(await timelines(refused.stage)).toEqual([]);
  });

  it("tells what max_alerts left out", async () => {
    await manager.post(["a", "b", "c", "d", "e"].map((route) => page("cut", { route, tenant: "acme" })));
    const text = await manager.webhook("two", holding('"group":"cut"'));
    expect(readAlerts(text, "-")).toMatchObject({ firing: [{}, {}], truncated: 3 });
    const { code, said } = await start(text);
    expect(code).toBe(0);
    expect(said).toContain("3 more alerts were left out by Alertmanager");
  });

  it("takes the runbook that claims an alert, and tells of those that fire beside it", async () => {
    await manager.post([
      page("mixed", { alertname: "Watchdog" }, { startsAt: ago(20) }),
      page("mixed", { alertname: "LatencyP95Exceeded", route: "support.reply" }, { startsAt: ago(3) }),
    ]);
    const { stage, said } = await start(
      await manager.webhook("whole", holding('"group":"mixed"', "Watchdog", "Latency")),
    );
    const [{ incident, events }] = await timelines(stage);
    expect(events.find(({ type }) => type === "pinned")?.payload).toMatchObject({ runbook: "slow" });
    expect(incident.alerts.map(({ name }) => name)).toEqual(["LatencyP95Exceeded"]);
    expect(incident.scope).toEqual({ route: "support.reply" });
    expect(said).toContain("Also firing, and not part of this incident: Watchdog");
  });

  it("reads the list of API v2 too, those that somebody silenced only where no other fires", async () => {
    await manager.post([
      page("list", { route: "support.reply", tenant: "acme", severity: "P3" }),
      page("list", { route: "chat.free", hushed: "yes" }, { startsAt: ago(30) }),
    ]);
    await manager.silence("hushed", "yes");
    const both = await manager.list("group", "list");
    expect((JSON.parse(both) as { status: { state: string } }[]).map(({ status }) => status.state).sort()).toEqual([
      "active",
      "suppressed",
    ]);
    const { code, stage } = await start(both);
    expect(code).toBe(0);
    const [{ incident }] = await timelines(stage);
    expect(incident).toMatchObject({ severity: "SEV3", scope: { tenant: "acme", route: "support.reply" } });
    expect(incident.alerts).toMatchObject([
      { status: "firing", startsAt: since(8), fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);
    // an alert without one has an empty generatorURL in the webhook, and none in the list
    expect(incident.alerts[0]).not.toHaveProperty("generator");

    const { firing } = readAlerts(await manager.list("hushed", "yes"), "-");
    expect(firing).toMatchObject([{ labels: { route: "chat.free" }, startsAt: since(30) }]);
  });

  it("sends the same whether or not newer keys are in it", async () => {
    await manager.post([page("newer", { route: "support.reply" })]);
    const text = await manager.webhook("whole", holding('"group":"newer"'));
    const sent = JSON.parse(text) as { alerts: object[] };
    const alerts = sent.alerts.map((one) => ({ ...one, mutedBy: ["x"], values: { A: 1 }, notification_reason: "new" }));
    const newer = JSON.stringify({ ...sent, alerts, routeLabels: { team: "ai" }, notification_reason: "new" });
    const read = readAlerts(text, "-");
    expect(readAlerts(newer, "-")).toEqual(read);
    expect(read.firing[0]).not.toHaveProperty("generator");
  });
});
