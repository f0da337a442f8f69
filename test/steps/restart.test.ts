import { afterEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/steps/context.ts";
import type { Offer } from "../../src/steps/lever.ts";
import { restartOwed } from "../../src/steps/restart.ts";
import { fact, type Event, type Fact } from "../../src/timeline/event.ts";
import type { Written } from "../../src/timeline/setting.ts";
import { realClock } from "../../src/world/clock.ts";
import { setStage, type Stage } from "../scenario/stage.ts";
import { gateway, hasKubectl, quotas, recorded, startApi, type Api } from "../targets/kubernetesApi.ts";
import { clamp, opened, planFor, told } from "../timeline/told.ts";

const project = `
targets:
  cluster:
    kubernetes:
      context: lab
      namespace: ai
      levers:
        max_tokens: { at: "configmap/llm-quotas/{route}.max_tokens", restart: deployment/llm-gateway }
`;
const map = recorded["get-configmap-200"]!.body.replace(
  /"data":\{.*\}\}/,
  '"data":{"a.max_tokens":"4096","b.max_tokens":"4096","mode":"x"}}',
);
const mitigate = (route: string) =>
  `mitigate token-clamp --scope route=${route} --with max_tokens=512 --reason cost --yes --wait none`.split(" ");
const byHand = "kubectl --context=lab --namespace=ai rollout restart deployment/llm-gateway";

const started: Api[] = [];
afterEach(async () => {
  for (const api of started.splice(0)) await api.close();
});

async function set(): Promise<{ api: Api; stage: Stage; events(): Promise<Event[]> }> {
  const api = await startApi({ [quotas]: map, [gateway]: recorded["get-deployment-200"]!.body });
  started.push(api);
  const stage = setStage({ project });
  Object.assign(stage.world, { exec: api.exec, clock: realClock });
  const events = async () => {
    const { files, cwd } = stage.world;
    const folder = `${cwd}/.llmops/incidents`;
    const texts = await Promise.all(
      (await files.list(folder)).map((id) => files.read(`${folder}/${id}/timeline.jsonl`)),
    );
    return texts.flatMap((text) =>
      text!
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Event),
    );
  };
  return { api, stage, events };
}
const sent = (api: Api) => api.writes().map(({ path }) => path.split("/").at(-1));
const restartedAt = (api: Api) =>
  (
    JSON.parse(api.objects.get(gateway)!) as {
      spec: { template: { metadata: { annotations?: Record<string, string> } } };
    }
  ).spec.template.metadata.annotations?.["kubectl.kubernetes.io/restartedAt"];
const told_ = (events: Event[]) =>
  events.flatMap(({ type, payload }) => {
    if (type === "ran") return [`${payload.action} ${payload.phase} ${payload.code}`];
    return ["intended", "written", "read-back"].includes(type) ? [type] : [];
  });
const everything = ({ world }: Stage) => `${world.terminal.output} ${world.terminal.screen}`.replaceAll(/\s+/g, " ");
const screen = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");

describe.skipIf(!hasKubectl && process.env["CI"] === undefined)("readers that must be restarted", () => {
  it("are, once the value was read back, with the intent on disk; undoing restarts them again", async () => {
    const { api, stage, events } = await set();
    const onDisk: string[][] = [];
    api.instead = async ({ method, path, query }) => {
      if (method === "PUT" && path === gateway && !query.has("dryRun")) onDisk.push(told_(await events()));
      return false;
    };
    expect(await stage.llmops(...mitigate("a"))).toBe(0);
    expect(screen(stage)).toContain("then restarts deployment/llm-gateway");
    expect(sent(api)).toEqual(["llm-quotas", "llm-gateway"]);
    expect(onDisk).toEqual([["intended", "written", "read-back", "restart deployment/llm-gateway intended null"]]);
    expect(told_(await events()).at(-1)).toBe("restart deployment/llm-gateway done 0");
    expect(restartedAt(api)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(0);
    expect(JSON.parse(api.objects.get(quotas)!)).toMatchObject({ data: { "a.max_tokens": "4096" } });
    expect(sent(api)).toEqual(["llm-quotas", "llm-gateway", "llm-quotas", "llm-gateway"]);
  });

  it("are restarted once for a plan of several", async () => {
    const { api, stage } = await set();
    expect(await stage.llmops(...mitigate("a"), "--scope", "route=b")).toBe(0);
    expect(sent(api)).toEqual(["llm-quotas", "llm-quotas", "llm-gateway"]);
  });

  it("are restarted once for what is live of a plan that failed", async () => {
    const { api, stage } = await set();
    api.instead = ({ method, path }, response) =>
      method === "PUT" && path === quotas && api.writes().length > 1
        ? api.say("patch-configmap-immutable-422", response)
        : false;
    expect(await stage.llmops(...mitigate("a"), "--scope", "route=b")).toBe(1);
    expect(screen(stage)).toContain("m1 is live: max_tokens 4096 → 512");
    expect(sent(api)).toEqual(["llm-quotas", "llm-quotas", "llm-gateway"]);
  });

  it("F28: are left alone by a dry run, which only reads", async () => {
    const { api, stage } = await set();
    expect(await stage.llmops(...mitigate("a"), "--dry-run")).toBe(0);
    expect(new Set(api.asked.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it.each<[string, string, number | null, string]>([
    ["refused", "patch-configmap-forbidden-403", 1, "was not restarted"],
    ["a conflict", "put-configmap-stale-409", 1, "was not restarted"],
    ["not answered well", "patch-configmap-broken-json-500", null, "may not have been restarted"],
  ])(
    "say loudly that they do not see the change where the restart is %s, and how it is done by hand",
    async (...row) => {
      const [, name, code, words] = row;
      const { api, stage, events } = await set();
      api.instead = ({ method, path, query }, response) =>
        method === "PUT" && path === gateway && !query.has("dryRun") ? api.say(name, response) : false;
      expect(await stage.llmops(...mitigate("a"))).toBe(1);
      const said = screen(stage);
      expect(said).toContain(`m1 is live, but its readers do not see it yet: deployment/llm-gateway ${words}`);
      expect(said).toContain(byHand);
      expect(said).toContain("production changed: yes");
      expect(JSON.parse(api.objects.get(quotas)!)).toMatchObject({ data: { "a.max_tokens": "512" } });
      expect(sent(api)).toEqual(["llm-quotas", "llm-gateway"]);
      expect(told_(await events()).at(-1)).toBe(`restart deployment/llm-gateway done ${code}`);
      expect(await stage.llmops("mitigation", "list")).toBe(0);
      expect(stage.world.terminal.output).toContain("512");
    },
  );

  it("that are owed a restart are told of wherever live changes are, until one is seen to end, in whatever incident", async () => {
    const { api, stage } = await set();
    let isBroken = true;
    api.instead = ({ method, path, query }, response) =>
      isBroken && method === "PUT" && path === gateway && !query.has("dryRun")
        ? api.say("patch-configmap-forbidden-403", response)
        : false;
    expect(await stage.llmops(...mitigate("a"))).toBe(1);
    const owed = /deployment\/llm-gateway of cluster was to be restarted for \S+\/m1, and was not seen to be/g;
    const count = () => [...everything(stage).matchAll(owed)].length;
    for (const argv of [["mitigation", "list"], [], ["watch", "--once"]]) {
      const before = count();
      await stage.llmops(...argv);
      expect([argv, count()]).toEqual([argv, before + 1]);
      expect(everything(stage)).toContain(byHand);
    }

    expect(await stage.llmops(...mitigate("a"))).toBe(0);
    expect(screen(stage)).toMatch(
      /Already so: .* ! deployment\/llm-gateway was to be restarted after m1 of CHG-\S+, and/,
    );
    expect(sent(api)).toEqual(["llm-quotas", "llm-gateway"]);

    // another change on the same readers restarts them for both
    isBroken = false;
    expect(await stage.llmops(...mitigate("b"))).toBe(0);
    for (const argv of [["mitigation", "list"], [], ["watch", "--once"]]) {
      const before = count();
      await stage.llmops(...argv);
      expect([argv, count()]).toEqual([argv, before]);
    }
  });

  it("I04: are told not to be restarted by who leaves between the write and the restart", async () => {
    const { api, stage } = await set();
    api.instead = ({ method }) => {
      if (method === "GET" && api.writes().length > 0) stage.world.interrupt();
      return false;
    };
    expect(await stage.llmops(...mitigate("a"))).toBe(130);
    expect(sent(api)).toEqual(["llm-quotas"]);
    expect(screen(stage)).toContain("deployment/llm-gateway was not restarted: those that read at their start go on");
  });
});

describe("a restart that was never seen to end", () => {
  const change = clamp();
  const read = {
    identity: "x",
    at: 0,
    conditional: true,
    enforced: true,
    settles: 0,
    restart: "deployment/llm-gateway",
  };
  const ran = (phase: "intended" | "done", code: number | null) =>
    fact("ran", {
      action: "restart deployment/llm-gateway",
      argv: [],
      code,
      output: "",
      irreversible: false,
      phase,
      restarted: { target: change.target, what: "deployment/llm-gateway" },
    });
  const live: Fact[] = [
    opened,
    fact("planned", { plan: planFor(change, { reads: [read] }) }),
    fact("intended", { change, deadlineMs: 1 }),
    fact("read-back", { change: "m1", value: change.after, version: null, as: "applied" }),
  ];

  async function resume(facts: Fact[], answer: string, how: { onlyShown?: true; unattended?: true } = {}) {
    const asked: string[] = [];
    const says: string[] = [];
    const restarts: string[] = [];
    const incident = told([...live, ...facts]);
    const target = {
      says: "kubernetes lab/ai",
      async restart(setting: string): Promise<Written> {
        restarts.push(setting);
        return { written: true, version: null };
      },
    };
    const lever = { setting: "max_tokens", restart: "deployment/llm-gateway" };
    const context = {
      incident,
      onlyShown: false,
      unattended: false,
      incidents: async () => [incident],
      say: (...lines: string[]) => says.push(...lines),
      ...how,
      reason: "cost",
      world: { secrets: { hide: (text: string) => text }, user: "dana" },
      async choose({ question }: { question: string }) {
        asked.push(question);
        return answer;
      },
    } as unknown as Context;
    const offer = { name: change.target, target, lever } as unknown as Offer;
    const said: string[] = [];
    const facts_: Fact[] = [];
    for await (const one of restartOwed(offer, [change.scope], context)) {
      said.push(one.type);
      facts_.push(one);
    }
    const owes = told([...live, ...facts, ...facts_]).changes[0]!.restartOwed;
    return { asked, restarts, said, owes, says };
  }

  it.each<[string, Fact[]]>([
    ["before it was intended", []],
    ["while it was under way", [ran("intended", null)]],
    ["when it failed", [ran("intended", null), ran("done", 1)]],
  ])("A02: is asked about when the step comes again, where it ended %s", async (_, facts) => {
    const asked = ["Restart deployment/llm-gateway now?"];
    const owes = "deployment/llm-gateway";
    const says = [
      `! ${owes} was to be restarted after m1, and was not seen to be: it may go on with the value before.`,
    ];
    const [restarts, said] = [["max_tokens"], ["ran", "ran"]];
    expect(await resume(facts, "restart")).toEqual({ asked, says, restarts, said, owes: undefined });
    const left = { asked, says, restarts: [], said: ["declined"] };
    expect(await resume(facts, "leave")).toEqual({ ...left, owes: undefined });
    expect(await resume(facts, "leave", { unattended: true })).toEqual({ ...left, owes });
    const shown = { asked: [], says, restarts: [], said: [] };
    expect(await resume(facts, "restart", { onlyShown: true })).toEqual({ ...shown, owes });
  });

  it("is not asked about when it ended", async () => {
    const done = [ran("intended", null), ran("done", 0)];
    expect(await resume(done, "restart")).toMatchObject({ asked: [], restarts: [], said: [], says: [] });
  });
});
