import { describe, expect, it } from "vitest";
import type { FakeAnswer, Typed } from "../fake/world.ts";
import { project, setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { timelines } from "./timelines.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const kill = "mitigate kill-switch --scope route=support.reply --reason unsafe --wait none".split(" ");
const clamp = (tokens: number | string, ...more: string[]) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --wait none --with".split(" "),
  `max_tokens=${tokens}`,
  ...more,
];
const json = { "content-type": "application/json" };
const info = (body: string, status = 200): FakeAnswer => ({ status, headers: json, body });
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
/** What was on the screen when the question was asked. */
const before = (stage: Stage, question: string) => shown(stage).split(question)[0]!;

const named = project.replace(
  "settles: 5s",
  "settles: 5s\n      identity: { at: /info, pointer: /environment, is: production }",
);

describe("O01: the server says which environment it is", () => {
  const env = {
    LLMOPS_ENV: "staging",
    LLMOPS_TARGET: "other",
    KUBECONFIG: "/root/.kube/prod",
    CONSUL_HTTP_ADDR: "http://evil.test",
    NODE_ENV: "production",
  };

  it("and is changed only when that is the one that was meant; every plan shows it", async () => {
    const stage = play({ project: named, info: () => info('{"environment":"production"}') });
    expect(await stage.llmops(...kill, "--yes")).toBe(0);
    expect(shown(stage)).toContain("says it is production");
    expect((await timelines(stage))[0].incident.changes[0]!.plan.reads).toMatchObject([{ place: "production" }]);
  });

  it.each<[string, FakeAnswer, string]>([
    ["another", info('{"environment":"staging"}'), 'says that it is "staging", not production'],
    ["one that looks alike", info('{"environment":"Production "}'), 'says that it is "Production ", not production'],
    ["nothing", info("{}"), "has no /environment"],
    ["a login page", { headers: { "content-type": "text/html" }, body: "<html>" }, "does not tell"],
    ["not found", info("{}", 404), "does not tell"],
    ["no answer", { failed: "no answer within 10s", sent: true }, "does not tell"],
  ])("%s is refused before the question, and nothing is written", async (_, answer, why) => {
    const stage = play({ project: named, info: () => answer, typed: [] });
    expect(await stage.llmops(...kill)).toBe(3);
    expect(shown(stage)).toContain(why);
    expect(stage.writes).toEqual([]);
    stage.world.verify();
  });

  it("is asked again right before the write: a tunnel may end meanwhile", async () => {
    let environment = "production";
    const stage = play({
      project: named,
      info: () => info(JSON.stringify({ environment })),
      typed: [{ line: "Type production to apply", text: "production" }],
    });
    const { terminal } = stage.world;
    const line = terminal.line.bind(terminal);
    terminal.line = async (question) => {
      environment = "staging";
      return line(question);
    };
    expect(await stage.llmops(...kill)).toBe(3);
    expect(stage.writes).toEqual([]);
    expect((await timelines(stage))[0].incident.changes[0]!.state).toBe("not-applied");
  });

  it("is held against the undo and the watcher, too", async () => {
    let environment = "production";
    const stage = play({ project: named, info: () => info(JSON.stringify({ environment })) });
    await stage.llmops(...clamp(512), "--yes", "--for", "1m");
    environment = "staging";
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(3);
    await stage.world.clock.advance(120_000);
    expect(await stage.llmops("watch", "--once")).toBe(1);
    expect(stage.writes).toHaveLength(1);
    environment = "production";
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(stage.live["support.reply"]).toMatchObject({ max_tokens: 4096 });
  });

  it("while no variable of the shell chooses where anything goes: none is even read", async () => {
    const read = new Set<string>();
    const stage = play({ env });
    const spied = new Proxy(env, {
      get: (of, name) => (read.add(String(name)), Reflect.get(of, name) as unknown),
      has: (of, name) => (read.add(String(name)), Reflect.has(of, name)),
      ownKeys: (of) => (read.add("all of them"), Reflect.ownKeys(of)),
    });
    Object.assign(stage.world, { env: spied });
    expect(await stage.llmops(...kill, "--yes")).toBe(0);
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(0);
    expect([...read]).toEqual([]);
    expect(new Set(stage.world.requests.map(({ url }) => new URL(url).host))).toEqual(new Set(["gateway.test:8080"]));
  });

  it("and one lever has one name: two targets at the same address are a mistake in the file", async () => {
    const twice = project.replace(
      "objectives:",
      '  again: { http: { url: "http://gateway.test:8080/", levers: { enabled: { at: "/routes/{route}", pointer: /enabled } } } }\nobjectives:',
    );
    const stage = play({ project: twice });
    expect(await stage.llmops(...kill, "--yes")).toBe(2);
    expect(shown(stage)).toMatch(/llmops\.yaml:\d+:\d+.*enabled at the same address as gateway/);
  });
});

describe("O02: before production is changed", () => {
  it("its name is typed, and diff, reach and the way back stand above the question", async () => {
    const stage = play({
      project: named,
      info: () => info('{"environment":"production"}'),
      typed: [
        { line: "Type production to apply", text: "y" },
        { line: "Type production to apply", text: "production" },
      ],
    });
    expect(await stage.llmops(...kill)).toBe(0);
    stage.world.verify();
    const screen = before(stage, "Type production");
    expect(screen).toContain("- enabled true + enabled false");
    expect(screen).toContain("m1 kill-switch, route support.reply");
    const [{ id }] = await timelines(stage);
    expect(screen).toContain(`llmops mitigation undo m1 --incident ${id}`);
  });

  it("what reaches further than asked is typed with it", async () => {
    const stage = play({
      project: named,
      info: () => info('{"environment":"production"}'),
      typed: [{ line: "Type production support.reply to apply", text: "production support.reply" }],
    });
    expect(await stage.llmops(...kill, "--scope", "tenant=acme")).toBe(0);
    stage.world.verify();
    expect(before(stage, "Type production")).toContain("WIDER");
  });

  it("a switch for everything is said in words, is typed, and is nothing that --yes consents to", async () => {
    const global = project.replace(
      'enabled:    { at: "/routes/{route}", pointer: /enabled }',
      'enabled:    { at: "/routes/support.reply", pointer: /enabled }',
    );
    const asked = "mitigate kill-switch --reason unsafe --wait none".split(" ");
    const stage = play({ project: global });
    expect(await stage.llmops(...asked, "--yes")).toBe(4);
    expect(await stage.llmops(...asked, "--yes", "--scope", "route=*")).toBe(4);
    expect(await stage.llmops(...asked, "--yes", "--scope", "route=support.reply")).toBe(4);
    expect(stage.writes).toEqual([]);
    const there = play({ project: global, typed: [{ line: "Type everything to apply", text: "everything" }] });
    expect(await there.llmops(...asked)).toBe(0);
    expect(before(there, "Type everything")).toContain("EVERYTHING: enabled on gateway is one switch for all");
    expect(await there.llmops("mitigation", "undo", "m1", "--yes")).toBe(0);
  });
});

describe("O03: --yes without a terminal", () => {
  it("needs a scope and a reason, and gets neither from a file or the environment", async () => {
    const env = { LLMOPS_SCOPE: "route=support.reply", LLMOPS_REASON: "x", LLMOPS_YES: "1" };
    const stage = play({ env });
    expect(await stage.llmops("mitigate", "kill-switch", "--yes", "--reason", "x")).toBe(4);
    expect(await stage.llmops("mitigate", "kill-switch", "--yes", "--scope", "route=support.reply")).toBe(2);
    expect(await stage.llmops(...kill.map((word) => (word === "unsafe" ? " " : word)), "--yes")).toBe(2);
    expect(await stage.llmops(...kill)).toBe(4);
    expect(stage.writes).toEqual([]);
    const yes = play({ project: project.replace("defaults: {", "defaults: { yes: true,") });
    expect(await yes.llmops(...kill)).not.toBe(0);
    expect(yes.writes).toEqual([]);
  });

  const twoTargets = project.replace(
    "objectives:",
    '  other: { http: { url: "http://other.test", levers: { enabled: { at: "/routes/{route}", pointer: /enabled } } } }\nobjectives:',
  );

  it("needs --target where several targets offer the setting", async () => {
    const stage = play({ project: twoTargets });
    expect(await stage.llmops(...kill, "--yes")).toBe(4);
    expect(shown(stage)).toContain("gateway, other");
    expect(stage.writes).toEqual([]);
    expect(await stage.llmops(...kill, "--yes", "--target", "gateway")).toBe(0);
  });

  it("and on a terminal that is asked", async () => {
    const stage = play({
      project: twoTargets,
      typed: [
        { menu: "Several targets offer enabled", value: "gateway" },
        { line: "Type y to apply", text: "y" },
      ],
    });
    expect(await stage.llmops(...kill)).toBe(0);
    stage.world.verify();
  });
});

describe("O05: a model that nobody knows", () => {
  const swap = (model: string, ...more: string[]) => [
    ..."mitigate model-switch --scope route=support.reply --reason down --wait none --with".split(" "),
    `model=${model}`,
    ...more,
  ];
  const routes = { "support.reply": { model: "big" }, "chat.free": { model: "medium" } };
  const unset = project.replace(", model-switch: { model: small }", "");

  it("is refused before the question, with the nearest", async () => {
    const stage = play({ routes, typed: [] });
    expect(await stage.llmops(...swap("smal"))).toBe(2);
    expect(shown(stage)).toMatch(/did you mean small\? Known are: small, medium/);
    expect(stage.writes).toEqual([]);
    stage.world.verify();
  });

  it.each<[string, string, Partial<Set>]>([
    ["the project's models", "tiny", { project: `${project}models: [tiny]\n` }],
    ["the project's defaults", "small", {}],
    ["what is live for another route", "medium", {}],
    ["what the source saw", "seen-1", { figures: [["llm_requests_total", () => ({ "seen-1": 1, big: 2 })]] }],
  ])("is not one that is known from %s", async (_, model, more) => {
    const stage = play({ routes, ...more });
    expect(await stage.llmops(...swap(model), "--yes")).toBe(0);
    expect(stage.live["support.reply"]).toMatchObject({ model });
  });

  it("looks like a slip where the source is down with the product", async () => {
    const down = { prometheus: () => ({ status: 503, headers: {}, body: "down" }) };
    const stage = play({ routes, ...down, typed: [{ line: "Type smal to apply", text: "" }] });
    expect(await stage.llmops(...swap("smal"))).toBe(4);
    expect(shown(stage)).toContain('the source cannot be asked whether there is a model "smal", did you mean small?');
    expect(stage.writes).toEqual([]);
  });

  it("looks like a slip where nobody knows any: it is typed, and refused without a terminal", async () => {
    const blind: Partial<Set> = { project: unset, figures: [], routes: { "support.reply": { model: "big" } } };
    const stage = play(blind);
    expect(await stage.llmops(...swap("brand-new"), "--yes")).toBe(4);
    expect(shown(stage)).toContain('nothing here knows a model "brand-new"');
    expect(stage.writes).toEqual([]);
    const there = play({ ...blind, typed: [{ line: "Type brand-new to apply", text: "brand-new" }] });
    expect(await there.llmops(...swap("brand-new"))).toBe(0);
    expect(there.live["support.reply"]).toMatchObject({ model: "brand-new" });
  });
});

describe("a value that makes no sense", () => {
  const limited = project.replace(
    "max_tokens: {",
    'rpm_limit: { at: "/routes/{route}", pointer: /rpm }\n        max_tokens: {',
  );
  const limit = (rpm: string, ...more: string[]) => [
    ..."mitigate rate-limit --scope route=support.reply --reason load --wait none --with".split(" "),
    `rpm=${rpm}`,
    ...more,
  ];
  const routes = { "support.reply": { max_tokens: null, rpm: null } };

  it.each(["0", "-1", "1e9", "1000000000", "5120000000", "NaN", "Infinity", "0x10", "512.5"])(
    "%s is a wrong use, before anything is read",
    async (value) => {
      const stage = play({ routes, project: limited, typed: [] });
      expect(await stage.llmops(...clamp(value))).toBe(2);
      expect(await stage.llmops(...limit(value))).toBe(2);
      expect(stage.world.requests).toEqual([]);
      expect(shown(stage)).toContain("production changed: no");
    },
  );

  it.each<[string, string[], string, string]>([
    ["an extra zero in a cap", clamp(51200), "stops nothing", "51200"],
    ["a cap that cuts every answer off", clamp(3), "lets almost nothing through", "3"],
    ["a limit far below the traffic", limit("1"), "lets almost nothing through", "1"],
    ["a limit far above the traffic", limit("60000"), "stops nothing", "60000"],
  ])("%s is shown with what flows now: typed on a terminal, refused without", async (_, asked, why, type) => {
    const at = (...typed: Typed[]) => play({ routes, project: limited, typed });
    const stage = play({ routes, project: limited });
    expect(await stage.llmops(...asked, "--yes")).toBe(4);
    expect(shown(stage)).toContain(why);
    expect(stage.writes).toEqual([]);
    const no = at({ line: `Type ${type} to apply`, text: "y" }, { line: `Type ${type}`, text: "" });
    expect(await no.llmops(...asked)).toBe(4);
    expect(before(no, `Type ${type}`)).toContain(why);
    const yes = at({ line: `Type ${type} to apply`, text: type });
    expect(await yes.llmops(...asked)).toBe(0);
    expect(yes.writes).toHaveLength(1);
  });

  it("is no reason to hold up what makes sense, nor what cannot be compared", async () => {
    const stage = play({ routes, project: limited });
    expect(await stage.llmops(...clamp(512), "--yes")).toBe(0);
    expect(await stage.llmops(...limit("100"), "--yes")).toBe(0);
    const blind = play({ routes, project: limited, figures: [] });
    expect(await blind.llmops(...limit("1"), "--yes")).toBe(0);
  });

  it("is not agreed to by an answers file that nobody sat over", async () => {
    const stage = play({
      routes: { "support.reply": { max_tokens: null } },
      project: project.replace("max_tokens: 512", "max_tokens: 3"),
    });
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(4);
    expect(stage.writes).toEqual([]);
  });

  it("above what is live already is refused, and says what stays", async () => {
    const stage = play();
    expect(await stage.llmops(...clamp(40960), "--yes")).toBe(3);
    expect(shown(stage)).toContain("4096 is live already and lower; a cap is never raised");
    expect(stage.writes).toEqual([]);
  });
});

describe("a misspelt route", () => {
  const creating = project.replace(
    'enabled:    { at: "/routes/{route}", pointer: /enabled }',
    'enabled:    { at: "/routes/{route}", create: true, true: "on", false: "off" }',
  );
  const asked = (route: string) => [
    "mitigate",
    "kill-switch",
    "--scope",
    `route=${route}`,
    "--reason",
    "x",
    "--wait",
    "none",
  ];

  it("is refused with what was meant, also where the target would make the key", async () => {
    for (const text of [project, creating]) {
      const stage = play({ project: text, typed: [] });
      expect(await stage.llmops(...asked("suport.reply"))).not.toBe(0);
      expect(shown(stage)).toContain("support.reply");
      expect(stage.writes).toEqual([]);
      expect(stage.live).not.toHaveProperty("suport.reply");
      stage.world.verify();
    }
  });

  it("is known from routes: too", async () => {
    const stage = play({ project: `${creating}routes: { chat.free: { owner: web } }\n`, routes: {}, typed: [] });
    expect(await stage.llmops(...asked("chat.fre"))).toBe(2);
    expect(shown(stage)).toContain("did you mean chat.free?");
    stage.world.verify();
  });

  it("looks like a slip where nobody knows any route", async () => {
    const stage = play({ project: creating, routes: {}, figures: [] });
    expect(await stage.llmops(...asked("chat.free"), "--yes")).toBe(4);
    expect(stage.writes).toEqual([]);
  });

  it("stands for no incident either: an incident has one value each", async () => {
    const stage = play();
    const start = ["incident", "start", "spike", "--answers", "answers.yaml", "--scope"];
    expect(await stage.llmops(...start, "route=*")).toBe(2);
    expect(await stage.llmops(...start, "route=a", "--scope", "route=b")).toBe(2);
  });
});
