import { describe, expect, it } from "vitest";
import type { FakeAnswer } from "../fake/world.ts";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { timelines } from "./timelines.ts";

const routes = {
  "chat.free": { enabled: true, max_tokens: 4096 },
  "chat.paid": { enabled: true, max_tokens: 4096 },
  "support.reply": { enabled: true, max_tokens: 4096 },
};
const play = (more: Partial<Set> = {}) => setStage({ ...spike, routes, ...more });
const kill = (...scopes: string[]) => [
  "mitigate",
  "kill-switch",
  ...scopes.flatMap((scope) => ["--scope", scope]),
  ..."--reason unsafe --wait none".split(" "),
];
const two = kill("route=chat.free", "route=chat.paid");
const on = ({ live }: Stage) => Object.values(live).map((route) => route["enabled"]);
const said = (stage: Stage) =>
  JSON.parse(stage.world.terminal.output.trim().split("\n").at(-1)!) as Record<string, unknown>;
const json = { "content-type": "application/json" };
const refusing =
  (nth: number, answer: FakeAnswer): Set["onWrite"] =>
  (n) =>
    n === nth ? answer : undefined;

describe("a plan of several changes", () => {
  it("is one plan with one consent, and each change has its own record, proof and undo", async () => {
    const stage = play();
    expect(await stage.llmops(...two, "--yes", "--json")).toBe(0);
    expect(on(stage)).toEqual([false, false, true]);
    expect(said(stage)["changes"]).toMatchObject([
      { id: "m1", scope: { route: "chat.free" }, state: "applied" },
      { id: "m2", scope: { route: "chat.paid" }, state: "applied" },
    ]);
    const [{ events, incident }] = await timelines(stage);
    expect(events.filter(({ type }) => type === "planned")).toHaveLength(1);
    expect(incident.changes.map(({ plan }) => plan.effects.map(({ scope }) => scope))).toEqual([
      [{ route: "chat.free" }],
      [{ route: "chat.paid" }],
    ]);
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(0);
    expect(on(stage)).toEqual([true, false, true]);
    stage.writes.forEach(({ timeline }, i) => {
      expect(timeline.match(/"type":"intended"/g)).toHaveLength(i + 1);
    });
  });

  it("waits for the verdict of each, and is not proven when one of them is not", async () => {
    const blind = (query: string) => (query.includes("chat.paid") ? 2.8 : 0);
    const figures: Set["figures"] = [
      ["llm_requests_total", (at, { changedAt }, query) => (at >= changedAt ? blind(query) : 2.8)],
    ];
    const stage = play({ figures });
    const asked = two.filter((word) => word !== "--wait" && word !== "none");
    expect(await stage.llmops(...asked, "--yes", "--json")).toBe(1);
    expect(said(stage)["changes"]).toMatchObject([{ inEffect: "yes" }, { inEffect: "no" }]);
  });

  it("leaves out what is so already, and says which", async () => {
    const stage = play({ routes: { ...routes, "chat.free": { enabled: false } } });
    expect(await stage.llmops(...two, "--yes", "--json")).toBe(0);
    expect(said(stage)["changes"]).toMatchObject([{ id: "m1", scope: { route: "chat.paid" } }]);
    expect(stage.writes).toHaveLength(1);
    expect(stage.world.terminal.screen).toContain("Already so: route chat.free");
  });

  it("is refused whole before the question when one of its routes does not exist", async () => {
    const stage = play({ typed: [] });
    expect(await stage.llmops(...kill("route=chat.free", "route=chat.payed"))).toBe(3);
    expect(stage.world.terminal.screen).toMatch(/chat\.payed[^]*chat\.paid/);
    expect(stage.writes).toEqual([]);
  });

  it("F18: that stops in the middle says what is live and how to take it back; what came after is never tried", async () => {
    const stage = play({ onWrite: refusing(2, { status: 401, headers: json, body: "{}" }) });
    const asked = kill("route=chat.free", "route=chat.paid", "route=support.reply");
    expect(await stage.llmops(...asked, "--yes", "--json")).toBe(1);
    expect(on(stage)).toEqual([false, true, true]);
    expect(stage.writes).toHaveLength(2);
    const [{ id, incident, events }] = await timelines(stage);
    expect(said(stage)).toMatchObject({
      code: 1,
      error: {
        changed: "yes",
        next: expect.stringContaining(`llmops mitigation undo m1 --incident ${id}`) as string,
      },
    });
    expect(incident.changes.map(({ change, state }) => [change.id, state])).toEqual([
      ["m1", "applied"],
      ["m2", "not-applied"],
    ]);
    expect(events.find(({ type }) => type === "declined")?.payload).toMatchObject({ what: "m3" });
    expect(await stage.llmops("mitigation", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("chat.free");
    expect(stage.world.terminal.output.split("\n").at(-2)).not.toContain("m2");
    expect(await stage.llmops("postmortem", id)).toBe(0);
    expect(stage.world.terminal.output).toMatch(/m2 kill-switch.*never reached production/);
    expect(stage.world.terminal.output).toMatch(/m3: not tried: m2 failed/);
  });

  it("offers to take back what is done, last first, and then production is as it was", async () => {
    const stage = play({
      onWrite: refusing(3, { status: 403, headers: json, body: "{}" }),
      typed: [
        { line: "Type 3 to apply", text: "3" },
        { menu: "m1, m2 of this plan are live", value: "undo" },
        { line: "Type y to apply", text: "y" },
        { line: "Type y to apply", text: "y" },
      ],
    });
    expect(await stage.llmops(...kill("route=chat.free", "route=chat.paid", "route=support.reply"))).toBe(3);
    stage.world.verify();
    expect(on(stage)).toEqual([true, true, true]);
    expect(stage.writes.map(({ path }) => path).slice(3)).toEqual(["/routes/chat.paid", "/routes/chat.free"]);
    expect(stage.world.terminal.screen).toMatch(/production changed: +no/);
    const [{ incident }] = await timelines(stage);
    expect(incident.changes.map(({ state }) => state)).toEqual(["ended", "ended", "not-applied", "ended", "ended"]);
  });

  it("whose middle is unknown is unknown as a whole", async () => {
    const stage = play({ onWrite: refusing(2, { failed: "no answer within 10s", sent: true }) });
    const { http } = stage.world;
    stage.world.http = async (request) =>
      request.method === "GET" && request.url.includes("chat.paid") && stage.writes.length === 2
        ? { failed: "nothing listens", sent: false, ms: 1 }
        : http(request);
    expect(await stage.llmops(...two, "--yes", "--json")).toBe(6);
    expect(said(stage)).toMatchObject({ code: 6, error: { changed: "unknown" } });
    const [{ incident }] = await timelines(stage);
    expect(incident.changes.map(({ state }) => state)).toEqual(["applied", "in-doubt"]);
  });

  it("B02: makes no further change when what came of the last one cannot be recorded", async () => {
    const stage = play({
      onWrite: (_, apply) => {
        apply();
        stage.world.files.failWrites = (path) => (path.includes("timeline") ? "the disk is full" : undefined);
        return { status: 200, headers: json, body: "{}" };
      },
    });
    expect(await stage.llmops(...two, "--yes")).toBe(6);
    expect(stage.writes).toHaveLength(1);
    expect(on(stage)).toEqual([false, true, true]);
  });
});

describe("O07: every route", () => {
  const all = kill("route=*");

  it("shows each of them, and needs their number typed", async () => {
    const stage = play({
      typed: [
        { line: "Type 3 to apply", text: "y" },
        { line: "Type 3 to apply", text: "3" },
      ],
    });
    expect(await stage.llmops(...all)).toBe(0);
    stage.world.verify();
    expect(on(stage)).toEqual([false, false, false]);
    const [before = ""] = stage.world.terminal.screen.split("Type 3 to apply");
    for (const route of Object.keys(routes)) expect(before).toContain(`route ${route}`);
    expect(before).toMatch(/3 x kill-switch, every route that gateway lists/);
  });

  it("is not what --yes consents to: the routes must be named, and are listed to be", async () => {
    const stage = play();
    expect(await stage.llmops(...all, "--yes")).toBe(4);
    expect(stage.writes).toEqual([]);
    const screen = stage.world.terminal.screen.replaceAll(/\s+/g, " ");
    expect(screen).toContain("--scope route=chat.free --scope route=chat.paid --scope route=support.reply");
    expect(await stage.llmops(...kill(...Object.keys(routes).map((route) => `route=${route}`)), "--yes")).toBe(0);
    expect(on(stage)).toEqual([false, false, false]);
  });

  it("asks for its number also when there is only one", async () => {
    const stage = play({ routes: { only: { enabled: true } }, typed: [{ line: "Type 1 to apply", text: "" }] });
    expect(await stage.llmops(...all)).toBe(4);
    stage.world.verify();
    expect(stage.writes).toEqual([]);
  });

  it("is refused where the target cannot tell which there are", async () => {
    const stage = play({ routes: {} });
    expect(await stage.llmops(...all, "--yes")).toBe(3);
    expect(stage.world.terminal.screen).toContain("cannot tell which routes there are");
  });
});
