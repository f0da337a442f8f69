import { describe, expect, it } from "vitest";
import type { Event } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const clamp = (tokens: number, ...more: string[]) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --yes --with".split(" "),
  `max_tokens=${tokens}`,
  ...more,
];
const undo = (id: string, ...more: string[]) => ["mitigation", "undo", id, "--yes", ...more];
const cap = ({ live }: Stage) => live["support.reply"]!["max_tokens"];

async function incidents({ world }: Stage): Promise<Incident[]> {
  const folder = `${world.cwd}/.llmops/incidents`;
  const ids = await world.files.list(folder);
  const texts = await Promise.all(ids.map((id) => world.files.read(`${folder}/${id}/timeline.jsonl`)));
  return texts.map((text) =>
    foldIncident(
      text!
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Event),
    ),
  );
}
const said = (stage: Stage) =>
  JSON.parse(stage.world.terminal.output.trim().split("\n").at(-1)!) as Record<string, unknown>;

describe("llmops mitigate", () => {
  it("without an incident is recorded as a change that closes itself", async () => {
    const stage = play();
    expect(await stage.llmops(...clamp(512, "--json"))).toBe(0);
    expect(said(stage)).toMatchObject({ state: "applied", code: 0, inEffect: { verdict: "yes" } });
    expect(await incidents(stage)).toMatchObject([{ kind: "change", state: "closed", class: null }]);
    expect(await stage.llmops("metrics")).toBe(0);
    expect(stage.world.terminal.output).not.toMatch(/llmops_incidents_total\{.+\} 1/);
  });

  it("joins the one open incident whose scope covers it, beside its walk", async () => {
    const stage = play({ files: { ...spike.files, "answers.yaml": "cause: traffic\n" } });
    await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
    expect(await stage.llmops(...clamp(512))).toBe(0);
    const [incident, ...more] = await incidents(stage);
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ kind: "incident", state: "open" });
    expect(incident!.changes.map(({ change }) => change.mitigation)).toEqual(["token-clamp"]);
  });

  it("of something already so writes nothing, and the checks still run", async () => {
    const stage = play();
    stage.live["support.reply"]!["max_tokens"] = 256;
    expect(await stage.llmops(...clamp(256))).toBe(0);
    expect(stage.writes).toEqual([]);
    expect(stage.world.terminal.screen).toContain("Already so");
    expect(stage.world.terminal.screen).toMatch(/in effect +tokens out p95/);
    expect(cap(stage)).toBe(256);
  });

  it("whose effect is not to be seen exits 1 and says how to take it back", async () => {
    const blind = spike.figures!.map(([name, figure]): [string, typeof figure] => [
      name,
      name === "llm_tokens_used_bucket" ? () => 3600 : figure,
    ]);
    const stage = play({ figures: blind });
    expect(await stage.llmops(...clamp(512, "--json"))).toBe(1);
    expect(said(stage)).toMatchObject({ state: "applied", inEffect: { verdict: "no" } });
    expect(cap(stage)).toBe(512);
  });

  it("whose effect cannot be measured is not called in effect", async () => {
    const stage = play({ figures: [] });
    expect(await stage.llmops(...clamp(512, "--json"))).toBe(1);
    expect(said(stage)).toMatchObject({ state: "applied", inEffect: { verdict: "unknown" } });
  });

  it("is declined by Enter, and nothing is written", async () => {
    const stage = play({ typed: [{ line: "Type y to apply", text: "" }] });
    expect(await stage.llmops(...clamp(512).filter((word) => word !== "--yes"))).toBe(4);
    expect(stage.writes).toEqual([]);
    stage.world.verify();
  });

  it("asks for the name of what it reaches when that is more than was meant", async () => {
    const typed = [{ line: "Type support.reply to apply", text: "support.reply" }];
    const stage = play({ typed });
    const asked = clamp(512, "--scope", "tenant=acme", "--wait", "none").filter((word) => word !== "--yes");
    expect(await stage.llmops(...asked)).toBe(0);
    expect(stage.world.terminal.screen).toContain("WIDER");
    expect(cap(stage)).toBe(512);
  });
});

describe("llmops mitigation undo", () => {
  it("restores what was found", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none"));
    expect(await stage.llmops(...undo("m1", "--json"))).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(said(stage)).toMatchObject({ state: "ended" });
    expect(await stage.llmops("mitigation", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("Nothing is changed");
  });

  it("never overwrites what somebody else set since: without a terminal it is a refusal, on one a person decides", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none"));
    stage.live["support.reply"]!["max_tokens"] = 1000;
    expect(await stage.llmops(...undo("m1"))).toBe(5);
    expect(cap(stage)).toBe(1000);
    const later = stage.typing({ menu: "Somebody changed it since", value: "restore" }, { line: "Type y", text: "y" });
    expect(await later.llmops("mitigation", "undo", "m1")).toBe(0);
    expect(cap(stage)).toBe(4096);
  });

  it("says so when somebody put it back already, and writes nothing", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none"));
    stage.live["support.reply"]!["max_tokens"] = 4096;
    expect(await stage.llmops(...undo("m1"))).toBe(0);
    expect(stage.writes).toHaveLength(1);
  });

  it("of a change beneath a later one writes nothing; the later one then restores what the first one found", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none"));
    await stage.llmops(...clamp(256, "--wait", "none"));
    const [first, second] = await incidents(stage);
    expect(await stage.llmops(...undo("m1", "--incident", first!.id))).toBe(0);
    expect(cap(stage)).toBe(256);
    expect(await stage.llmops(...undo("m1", "--incident", second!.id))).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect(stage.writes).toHaveLength(3);
  });

  it("of a change that is not live is a wrong use", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none"));
    await stage.llmops(...undo("m1"));
    expect(await stage.llmops(...undo("m1"))).toBe(2);
    expect(await stage.llmops(...undo("m9"))).toBe(2);
  });
});

describe("llmops watch --once", () => {
  it("undoes what is due and leaves alone what is not", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none", "--for", "30m"));
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(cap(stage)).toBe(512);
    await stage.world.clock.advance(31 * 60_000);
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(cap(stage)).toBe(4096);
    expect((await incidents(stage))[0]!.changes[0]!.state).toBe("ended");
  });

  it("never turns a route on again by itself: it reminds", async () => {
    const stage = play();
    const kill = ["mitigate", "kill-switch", "--scope", "route=support.reply", "--reason", "unsafe", "--yes"];
    expect(await stage.llmops(...kill, "--for", "30m", "--wait", "none")).toBe(0);
    await stage.world.clock.advance(31 * 60_000);
    expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(stage.live["support.reply"]).toMatchObject({ enabled: false });
    expect(stage.world.terminal.screen).toMatch(/time is over/);
  });

  it("does not overwrite somebody else's value, and says that it could not", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none", "--for", "30m"));
    stage.live["support.reply"]!["max_tokens"] = 1000;
    await stage.world.clock.advance(31 * 60_000);
    expect(await stage.llmops("watch", "--once")).toBe(1);
    expect(cap(stage)).toBe(1000);
  });

  it("settles what was cut off between intent and read-back, without sending it again", async () => {
    for (const arrived of [true, false]) {
      const stage = play();
      await stage.llmops(...clamp(512, "--wait", "none"));
      const folder = `${stage.world.cwd}/.llmops/incidents`;
      const [id] = await stage.world.files.list(folder);
      const file = `${folder}/${id!}/timeline.jsonl`;
      const lines = (await stage.world.files.read(file))!.trimEnd().split("\n");
      const cut = lines.findIndex((line) => line.includes('"type":"intended"')) + 1;
      await stage.world.files.replace(file, `${lines.slice(0, cut).join("\n")}\n`);
      if (!arrived) stage.live["support.reply"]!["max_tokens"] = 4096;
      expect((await incidents(stage))[0]!.changes[0]!.state).toBe("in-doubt");
      expect(await stage.llmops("watch", "--once")).toBe(0);
      expect((await incidents(stage))[0]!.changes[0]!.state).toBe(arrived ? "applied" : "not-applied");
      expect(stage.writes).toHaveLength(1);
    }
  });

  it("records the verdict of a walk that was left", async () => {
    const stage = play();
    await stage.llmops(...clamp(512, "--wait", "none"));
    expect((await incidents(stage))[0]!.changes[0]!.inEffect).toBeUndefined();
    await stage.world.clock.advance(3 * 60_000);
    await stage.llmops("watch", "--once");
    expect((await incidents(stage))[0]!.changes[0]!.inEffect?.verdict).toBe("yes");
  });
});

describe("closing an incident with live changes", () => {
  const open = async () => {
    const stage = play({
      files: { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\nmended: not-done\n" },
    });
    await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml");
    return stage;
  };

  it("is refused without a terminal, with what lives on", async () => {
    const stage = await open();
    expect(await stage.llmops("incident", "close")).toBe(4);
    expect(stage.world.terminal.screen).toMatch(/max_tokens +4096 → 512/);
    expect((await incidents(stage))[0]!.state).toBe("open");
  });

  it("is a person's decision on one", async () => {
    const stage = await open();
    const no = stage.typing({ menu: "Close it all the same?", value: "no" });
    expect(await no.llmops("incident", "close")).toBe(4);
    const yes = stage.typing(
      { menu: "Close it all the same?", value: "yes" },
      { menu: "It is not marked resolved. Was it?", value: "yes" },
    );
    expect(await yes.llmops("incident", "close")).toBe(0);
    expect((await incidents(stage))[0]!.state).toBe("closed");
    expect(await stage.llmops("mitigation", "list")).toBe(0);
    expect(stage.world.terminal.output).toContain("m1");
  });
});

describe("a config file as target", () => {
  const gateway = `# who may call what
routes:
  support.reply: { enabled: true, max_tokens: 4096 } # ask support first
  chat.free:
    enabled: true   # keep
    tenant: 12345678901234567890
`;
  const flags = `
stack: seed
sources: { metrics: { prometheus: { url: "http://prometheus.test:9090" } } }
targets: { flags: { file: { path: config/gateway.yaml, levers: { enabled: "/routes/{route}/enabled" } } } }
`;
  const kill = [
    "mitigate",
    "kill-switch",
    "--scope",
    "route=chat.free",
    "--reason",
    "unsafe",
    "--yes",
    "--wait",
    "none",
  ];

  it("has one value changed and every other byte kept; the undo restores it byte for byte", async () => {
    const stage = play({ project: flags, files: { ...spike.files, "config/gateway.yaml": gateway } });
    const read = () => stage.world.files.read(`${stage.world.cwd}/config/gateway.yaml`);
    expect(await stage.llmops(...kill)).toBe(0);
    expect(await read()).toBe(gateway.replace("enabled: true   # keep", "enabled: false   # keep"));
    expect(await stage.llmops(...undo("m1"))).toBe(0);
    expect(await read()).toBe(gateway);
  });
});
