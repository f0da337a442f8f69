import { describe, expect, it } from "vitest";
// read here, or the first test would wait for it while the clock of its world goes on
import "../../src/session/meter.ts";
import type { FakeAnswer } from "../fake/world.ts";
import { project, setStage, type Set, type Stage } from "../scenario/stage.ts";
import { spike } from "../scenario/spike.ts";
import { timelines } from "../scenario/timelines.ts";

const json = { "content-type": "application/json" };
const served = (model = "big"): FakeAnswer => ({
  status: 200,
  headers: json,
  body: JSON.stringify({ model, choices: [{ message: { content: "ok" } }] }),
});
const off: FakeAnswer = { status: 503, headers: json, body: '{"error":{"type":"route_disabled","message":"off"}}' };

const probe = (more = "") => `
probes:
  gateway:
    url: "http://api.test/v1/chat/completions"
    headers: { x-route: "{route}", authorization: { env: PROBE_KEY } }
    reports: { model: { pointer: /model } }
${more}`;
const byReason = "    refused: { status: [503], pointer: /error/type, is: [route_disabled] }\n";

/** What a gateway does that follows its settings. */
const follows: Set["calls"] = (request, { live }) => {
  const route = live[request.headers?.["x-route"] ?? ""];
  return route?.["enabled"] === false ? off : served(String(route?.["model"]));
};

const play = (more: Partial<Set> = {}, yaml = probe()) =>
  setStage({ ...spike, figures: [], project: project + yaml, env: { PROBE_KEY: "Bearer t0ps3cret" }, ...more });
const kill = ["mitigate", "kill-switch", "--scope", "route=support.reply", "--reason", "unsafe answers"];
const calls = ({ world }: Stage) => world.requests.filter(({ url }) => url.includes("api.test"));
const probed = async (stage: Stage) => {
  const [{ events }] = await timelines(stage);
  return events.flatMap((event) => (event.type === "probed" ? [event.payload] : []));
};
const verdict = async (stage: Stage) => (await timelines(stage))[0].incident.changes[0]!.inEffect;

describe("a change with a probe", () => {
  it("is in effect when what was served before is refused after, though nothing is measured", async () => {
    const stage = play({ calls: follows });
    expect(await stage.llmops(...kill, "--yes")).toBe(0);
    expect(await verdict(stage)).toMatchObject({
      verdict: "yes",
      why: "through gateway it was refused: 503, route_disabled: off; before the write it was served (200)",
    });
    expect(await probed(stage)).toMatchObject([
      {
        change: "m1",
        when: "before",
        status: 200,
        verdict: "no",
        sent: expect.stringMatching(/^POST api\.test/) as string,
      },
      { change: "m1", when: "after", status: 503, verdict: "yes" },
    ]);
    const order = stage.world.requests.map(({ method, url }) => (url.includes("api.test") ? "probe" : method));
    expect(order.lastIndexOf("PUT")).toBeGreaterThan(order.indexOf("probe"));
    expect(order.lastIndexOf("PUT")).toBeLessThan(order.lastIndexOf("probe"));
  });

  it("F01: is not in effect when the gateway says 200 to the change and goes on serving; it is asked a few times only", async () => {
    const stage = play({ calls: () => served() });
    expect(await stage.llmops(...kill, "--yes")).toBe(1);
    expect(await verdict(stage)).toMatchObject({ verdict: "no", why: "through gateway it was served (200)" });
    expect(calls(stage)).toHaveLength(4);
    expect(stage.live["support.reply"]).toMatchObject({ enabled: false });
  });

  it("is denied by its probe even where the figures agree", async () => {
    const still = [
      ["llm_requests_total", (at: number, { changedAt }: Stage) => (at >= changedAt && changedAt > 0 ? 0 : 3)],
    ];
    const stage = play({ calls: () => served(), figures: still as Set["figures"] & object });
    expect(await stage.llmops(...kill, "--yes")).toBe(1);
    expect((await verdict(stage))?.verdict).toBe("no");
  });

  it("is in effect by its figures where the probe cannot be had", async () => {
    const still = [
      ["llm_requests_total", (at: number, { changedAt }: Stage) => (at >= changedAt && changedAt > 0 ? 0 : 3)],
    ];
    const stage = play({
      calls: () => ({ failed: "nothing listens on api.test" }),
      figures: still as Set["figures"] & object,
    });
    expect(await stage.llmops(...kill, "--yes")).toBe(0);
    expect((await verdict(stage))?.verdict).toBe("yes");
  });

  it("proves nothing by a refusal that was there before", async () => {
    const stage = play({ calls: () => ({ status: 403, headers: json, body: '{"error":{"message":"bad key"}}' }) });
    expect(await stage.llmops(...kill, "--yes")).toBe(1);
    expect(await verdict(stage)).toMatchObject({
      verdict: "unknown",
      why: expect.stringContaining("that proves nothing: before the write it was refused: 403, bad key") as string,
    });
  });

  it("needs no comparison where the refusal says why: one request is enough", async () => {
    const stage = play({ calls: follows }, probe(byReason));
    expect(await stage.llmops(...kill, "--yes")).toBe(0);
    expect(calls(stage)).toHaveLength(1);
    expect(await probed(stage)).toMatchObject([{ when: "after", reported: "route_disabled" }]);
  });

  it("does not wait for a gateway that hangs before the write for longer than 3 seconds", async () => {
    const stage = play({ calls: () => ({ ...served(), takesMs: 60_000 }) });
    expect(await stage.llmops(...kill, "--yes", "--wait", "none")).toBe(0);
    expect(calls(stage).map(({ deadlineMs }) => deadlineMs)[0]).toBe(3000);
  });

  it("reports the new model, by its dated name", async () => {
    const dated: Set["calls"] = (_, { live }) => served(`${String(live["support.reply"]!["model"])}-2026-07-18`);
    const models = "models: [small]\n";
    const stage = play({ calls: dated }, probe() + models);
    const change = ["mitigate", "model-switch", "--scope", "route=support.reply", "--reason", "cost", "--yes"];
    expect(await stage.llmops(...change)).toBe(0);
    expect(await probed(stage)).toMatchObject([{ when: "after", reported: "small-2026-07-18", verdict: "yes" }]);
  });

  it("that was so already is looked at by one request, and recorded", async () => {
    const stage = play({ calls: follows }, probe(byReason));
    stage.live["support.reply"]!["enabled"] = false;
    expect(await stage.llmops(...kill, "--yes")).toBe(0);
    expect(calls(stage)).toHaveLength(1);
    expect(stage.writes).toEqual([]);
  });

  it("is looked at by who watches, when nobody waited", async () => {
    const stage = play({ calls: follows });
    expect(await stage.llmops(...kill, "--yes", "--wait", "none")).toBe(0);
    const sent = calls(stage).length;
    await stage.world.clock.advance(60_000);
    await stage.llmops("watch", "--once");
    expect((await verdict(stage))?.verdict).toBe("yes");
    expect(calls(stage).length).toBeLessThanOrEqual(sent + 1);
  });

  it("tells in the record and in the postmortem what was sent, and no secret", async () => {
    const stage = play({ calls: follows });
    await stage.llmops(...kill, "--yes");
    const [{ incident }] = await timelines(stage);
    await stage.llmops("incident", "show", incident.id, "--timeline");
    await stage.llmops("postmortem", incident.id);
    const { screen, output } = stage.world.terminal;
    expect(output.replace(/\s+/g, " ")).toContain("after 2 requests through gateway");
    expect(screen + output).toContain("one request through gateway (POST api.test/v1/chat/completions");
    const files = await timelines(stage);
    expect(JSON.stringify(files) + screen + output).not.toContain("t0ps3cret");
  });
});

describe("whom it asks for", () => {
  const flags = `
targets: { flags: { file: { path: flags.json, levers: { blocked: { at: /blocked, member: "{user}" } } } } }
probes:
  gateway:
    url: "http://api.test/v1/chat/completions"
    headers: { x-route: "{route}" }
    scope: { route: chat.free }
`;
  const block = "mitigate block --scope user=u-8841 --reason abuse --yes --wait effect".split(" ");

  it("is the user that is blocked, on a route of its own choice", async () => {
    const blocks: Set["calls"] = ({ body = "" }, { world }) => {
      const { blocked } = JSON.parse(world.files.all()["/home/dana/shop/flags.json"]!) as { blocked: string[] };
      return blocked.includes((JSON.parse(body) as { user: string }).user) ? off : served();
    };
    const files = { "flags.json": '{"blocked":["u-1"]}' };
    const stage = play({ calls: blocks, project: flags, files });
    expect(await stage.llmops(...block)).toBe(0);
    expect(calls(stage).map(({ headers, body }) => [headers!["x-route"], JSON.parse(body!) as object])).toEqual([
      ["chat.free", expect.objectContaining({ user: "u-8841" })],
      ["chat.free", expect.objectContaining({ user: "u-8841" })],
    ]);
  });

  it("is each route of a plan of several, once before and once after; the plan counts the calls", async () => {
    const routes = Object.fromEntries(["a", "b", "c"].map((name) => [name, { enabled: true, model: "big" }]));
    const stage = play({ calls: follows, routes });
    const several = ["a", "b", "c"].flatMap((name) => ["--scope", `route=${name}`]);
    expect(await stage.llmops("mitigate", "kill-switch", ...several, "--reason", "unsafe", "--yes")).toBe(0);
    expect(stage.world.terminal.screen.replace(/\s+/g, " ")).toContain(
      "at most 12 calls through the gateway for 3 changes",
    );
    const asked = calls(stage).map(({ headers }) => headers!["x-route"]);
    expect(asked.toSorted((a, b) => (a! < b! ? -1 : 1))).toEqual(["a", "a", "b", "b", "c", "c"]);
  });
});

describe("a probe is not sent", () => {
  it("F28: under --dry-run: the plan says what would be, and only reads leave", async () => {
    const stage = play({ calls: follows });
    expect(await stage.llmops(...kill, "--dry-run")).toBe(0);
    expect(calls(stage)).toEqual([]);
    const others = stage.world.requests.filter(({ url }) => !url.includes("prometheus.test"));
    expect(others.map(({ method }) => method).filter((method) => method !== "GET")).toEqual([]);
    expect(stage.world.terminal.screen.replace(/\s+/g, " ")).toContain("one request through gateway must be refused");
  });

  it("F28: under --dry-run of what is so already", async () => {
    const stage = play({ calls: follows });
    stage.live["support.reply"]!["enabled"] = false;
    await stage.llmops(...kill, "--dry-run");
    expect(calls(stage)).toEqual([]);
  });

  it("where nobody can consent, or where somebody declines", async () => {
    const alone = play({ calls: follows });
    expect(await alone.llmops(...kill)).toBe(4);
    expect(calls(alone)).toEqual([]);
    const declined = play({ calls: follows, typed: [{ line: "Type y to apply", text: "" }] });
    expect(await declined.llmops(...kill)).toBe(4);
    expect(calls(declined)).toEqual([]);
  });

  it("for a change that its request cannot name: the plan says so", async () => {
    const yaml = probe().replace('x-route: "{route}", ', "");
    const stage = play({ calls: follows }, yaml);
    expect(await stage.llmops(...kill, "--yes")).toBe(1);
    expect(calls(stage)).toEqual([]);
    expect(stage.world.terminal.screen.replace(/\s+/g, " ")).toContain(
      "the probe gateway shows nothing of it: its request cannot name a route",
    );
    expect((await verdict(stage))?.verdict).toBe("unknown");
  });
});

describe("the plan", () => {
  for (const [name, columns] of [
    ["80", 80],
    ["40", 40],
  ] as const)
    it(`says what the proof is and what it costs, at ${columns} columns`, async () => {
      const stage = play({ calls: follows, columns });
      await stage.llmops(...kill, "--dry-run");
      await expect(stage.world.terminal.screen).toMatchFileSnapshot(`plan.${name}.txt`);
    });
});
