import { describe, expect, it } from "vitest";
// read here, or the first test would wait for it while the clock of its world goes on
import "../../src/session/meter.ts";
import { project, setStage, type Figure, type Set, type Stage } from "../scenario/stage.ts";
import { spike } from "../scenario/spike.ts";
import { timelines } from "../scenario/timelines.ts";

const models = `
models:
  big:   { context: 200000, tools: true, json: true, vision: true, price: { in: 2, out: 8 } }
  small: { context: 4000, tools: true, vision: false, price: { in: 0.2, out: 0.8 }, regions: [us] }
  blank:
`;
const signals = `
signals:
  tokens_in_p95: { promql: "max(prompt_tokens_p95)", unit: tokens, labels: { route: route } }
  tokens_in_rate: { promql: "sum(rate(prompt_tokens_total[5m]))", unit: tokens/s, labels: { route: route } }
  tokens_out_rate: { promql: "sum(rate(answer_tokens_total[5m]))", unit: tokens/s, labels: { route: route } }
`;
const route = (more: string) => `routes: { support.reply: { ${more} } }\n`;

const flowing = (p95: number): [string, Figure][] => [
  ["prompt_tokens_p95", () => p95],
  ["prompt_tokens_total", () => 500],
  ["answer_tokens_total", () => 100],
  ["llm_requests_total", () => 2.8],
];

const play = (yaml: string, more: Partial<Set> = {}) =>
  setStage({ ...spike, figures: flowing(2900), project: project + models + signals + yaml, ...more });
const change = (to: string, ...more: string[]) => [
  ..."mitigate model-switch --scope route=support.reply --reason cost --wait none --with".split(" "),
  `model=${to}`,
  ...more,
];
const said = ({ world }: Stage) => world.terminal.screen.replace(/\s+/g, " ");
const model = ({ live }: Stage) => live["support.reply"]!["model"];

describe("a switch to a model that fits", () => {
  for (const columns of [80, 40])
    it(`is planned with what is known and what it will cost, at ${columns} columns`, async () => {
      const stage = play(route("needs: [tools, json]"), { columns });
      expect(await stage.llmops(...change("small", "--dry-run"))).toBe(0);
      await expect(stage.world.terminal.screen).toMatchFileSnapshot(`fits.${columns}.txt`);
    });

  it("F28: is looked at by reading alone", async () => {
    const stage = play(route("needs: [tools]"));
    await stage.llmops(...change("small", "--dry-run"));
    const methods = stage.world.requests.map(({ method, url }) => (url.includes("prometheus.test") ? "query" : method));
    expect(new Set(methods)).toEqual(new Set(["query", "GET"]));
  });

  it("is refused by nothing that is not known; that is said", async () => {
    const stage = play(route("needs: [vision], region: eu"), { figures: [] });
    expect(await stage.llmops(...change("blank", "--yes"))).toBe(0);
    expect(said(stage)).toContain("nothing is known of blank: its context, abilities and price are not checked");
  });
});

describe("O05: a switch to a model that does not fit", () => {
  const unfit = () => play(route("needs: [vision], region: eu"), { figures: flowing(9000) });
  const why = [
    "prompts of the last hour have 9,000 tokens at p95, and small takes 4,000 tokens",
    "support.reply needs vision, which small does not have",
    "support.reply must stay in eu, and small is served in us",
  ];

  it("is refused with every reason; --yes alone does not force it, and nothing is written", async () => {
    const stage = unfit();
    expect(await stage.llmops(...change("small", "--yes"))).toBe(4);
    for (const text of why) expect(said(stage)).toContain(text);
    expect(said(stage)).toContain('--force "why it is done all the same"');
    expect([stage.writes, model(stage)]).toEqual([[], "big"]);
    await expect(stage.world.terminal.screen).toMatchFileSnapshot("refused.80.txt");
  });

  it("is refused by --dry-run, too", async () => {
    expect(await unfit().llmops(...change("small", "--dry-run"))).toBe(4);
  });

  it("is made with --force and a reason: both are in the plan, on the timeline and in the postmortem", async () => {
    const stage = unfit();
    expect(await stage.llmops(...change("small", "--yes", "--force", "the big one is down"))).toBe(0);
    expect(model(stage)).toBe("small");
    await expect(stage.world.terminal.screen).toMatchFileSnapshot("forced.80.txt");
    const [{ incident }] = await timelines(stage);
    expect(incident.plans.get("m1")?.forced).toEqual({ why, reason: "the big one is down" });
    await stage.llmops("incident", "show", incident.id, "--timeline");
    expect(stage.world.terminal.output.replace(/\s+/g, " ")).toContain("forced (the big one is down) although prompts");
    await stage.llmops("postmortem", incident.id);
    expect(stage.world.terminal.output).toContain("model-switch, forced: the big one is down");
  });

  it("asks for the reason on a terminal; Enter leaves it", async () => {
    const forced = play(route("needs: [vision]"), {
      typed: [
        { line: "Why all the same", text: "no other is up" },
        { line: "Type y to apply", text: "y" },
      ],
    });
    expect(await forced.llmops(...change("small"))).toBe(0);
    expect((await timelines(forced))[0].incident.plans.get("m1")?.forced?.reason).toBe("no other is up");
    forced.world.verify();

    const left = play(route("needs: [vision]"), { typed: [{ line: "Why all the same", text: "" }] });
    expect(await left.llmops(...change("small"))).toBe(4);
    expect([left.writes, model(left)]).toEqual([[], "big"]);
    left.world.verify();
  });

  it("is a wrong use with a reason that says nothing; what is not forced is no part of a plan that fits", async () => {
    expect(await unfit().llmops(...change("small", "--yes", "--force", " "))).toBe(2);
    const fits = play("");
    expect(await fits.llmops(...change("small", "--yes", "--force", "just in case"))).toBe(0);
    expect((await timelines(fits))[0].incident.plans.get("m1")?.forced).toBeUndefined();
  });

  it("is refused in a walk that nobody attends", async () => {
    const runbook = `${(spike.files ?? {})["runbooks/spike.yaml"]!}`.replace(
      "mitigate: { do: token-clamp, for: 30m",
      "mitigate: { do: model-switch, with: { model: small }, for: 30m",
    );
    const stage = play(route("needs: [vision]"), { files: { ...spike.files, "runbooks/spike.yaml": runbook } });
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(4);
    expect(stage.writes).toEqual([]);
  });
});

describe("the same check", () => {
  const levers = 'fallbacks: { at: "/routes/{route}", pointer: /fallbacks, create: true }';
  const withChain = (yaml: string) =>
    `${project.replace("enabled:    { at", `${levers}\n        enabled:    { at`)}${models}${signals}${yaml}`;

  it("is made of every model of a fallback chain", async () => {
    const stage = play("", { project: withChain(route("needs: [vision]")) });
    const chain = "mitigate fallback-chain --scope route=support.reply --reason cost --yes --wait none --with".split(
      " ",
    );
    expect(await stage.llmops(...chain, "models=big,small")).toBe(4);
    expect(said(stage)).toContain("support.reply needs vision, which small does not have");
    expect(await stage.llmops(...chain, "models=big")).toBe(0);
  });

  it("knows the shipped catalogue, by any name of a model", async () => {
    const list = "models: [gpt-4o-mini-2024-07-18]\n";
    const stage = play("", { project: project + list + signals, figures: flowing(150_000) });
    expect(await stage.llmops(...change("gpt-4o-mini-2024-07-18", "--yes"))).toBe(4);
    expect(said(stage)).toContain("gpt-4o-mini-2024-07-18 takes 128,000 tokens");
  });
});
