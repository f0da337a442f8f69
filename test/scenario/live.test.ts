import { describe, expect, it } from "vitest";
import { setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { cutAfter, timelines } from "./timelines.ts";

const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const routes = {
  "support.reply": { enabled: true, max_tokens: 4096 },
  "chat.free": { enabled: true, max_tokens: 4096 },
};
const change = (kind: string, route: string) =>
  `mitigate ${kind} --scope route=${route} --reason cost --yes --wait none`.split(" ");
const start = ["incident", "start", "--alert", "alert.json", "--answers", "answers.yaml"];

/** What one command prints on stdout, in one line. */
async function prints(stage: Stage, ...argv: string[]): Promise<string> {
  const { terminal } = stage.world;
  const before = terminal.output.length;
  expect(await stage.llmops(...argv)).toBe(0);
  return terminal.output.slice(before).replaceAll(/\s+/g, " ").trim();
}
const list = (stage: Stage) => prints(stage, "mitigation", "list");
const listed = async (stage: Stage) =>
  (JSON.parse(await prints(stage, "mitigation", "list", "--json")) as { changes: Record<string, unknown>[] }).changes;
const reads = ({ world }: Stage) => world.requests.filter(({ url }) => url.includes("gateway.test")).length;

describe("what is live", () => {
  it("is read by mitigation list: as it was made, or what somebody else made of it", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    expect(await list(stage)).toMatch(
      / support\.reply max_tokens 4096 → 512 token-clamp: cost; read back; .*Read 03:\d\d:\d\d at the/,
    );
    expect(await listed(stage)).toMatchObject([{ live: { value: { is: 512 }, changedByOthers: false } }]);
    stage.live["support.reply"]!["max_tokens"] = 1024;
    expect(await list(stage)).toMatch(/! \w{4}\/m1 .* 4096 → 512; changed since by somebody else: now 1024/);
    expect(await listed(stage)).toMatchObject([{ live: { value: { is: 1024 }, changedByOthers: true } }]);
    expect(stage.writes).toHaveLength(1);
  });

  it("of what lies beneath a later change is that one's, and nobody else's", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    await stage.llmops(...change("token-clamp", "support.reply"), "--with", "max_tokens=256");
    const [lower, upper] = (await timelines(stage)).map(({ id }) => id.slice(-4));
    const text = await list(stage);
    expect(text).toContain(`4096 → 512; beneath ${upper}/m1`);
    expect(text).toMatch(/max_tokens 512 → 256 token-clamp: cost; .* llmops watch/);
    expect(await listed(stage)).toMatchObject([
      { live: { beneath: `${upper}/m1` } },
      { live: { value: { is: 256 }, changedByOthers: false } },
    ]);
    expect(lower).not.toBe(upper);
  });

  it("of what is in doubt is told beside it, and nothing is settled by a list", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    const [{ id }] = await timelines(stage);
    await cutAfter(stage, id, "intended");
    expect(await list(stage)).toMatch(/IN DOUBT support\.reply max_tokens 4096 → 512; now 512, as intended/);
    stage.live["support.reply"]!["max_tokens"] = 4096;
    expect(await list(stage)).toContain("now 4096, as before");
    stage.live["support.reply"]!["max_tokens"] = 7;
    expect(await list(stage)).toContain("now 7, neither as before nor as intended");
    expect((await timelines(stage))[0].events.at(-1)).toMatchObject({ type: "intended" });
  });

  it("is told as last seen where the config API does not answer; the others are read", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    await stage.llmops(...change("token-clamp", "chat.free"));
    const [first] = await timelines(stage);
    const { http } = stage.world;
    let hangs = true;
    stage.world.http = (request) => {
      if (!request.url.includes("support.reply")) return http(request);
      if (!hangs) return Promise.resolve({ failed: "nothing listens on gateway.test:8080", sent: false, ms: 1 });
      return new Promise((resolve) =>
        request.signal!.addEventListener("abort", () => resolve({ failed: "interrupted", sent: true, ms: 1 })),
      );
    };
    const name = `${first.id.slice(-4)}/m1`;
    expect(await list(stage)).toMatch(
      new RegExp(`\\? ${name} .*\\? Not read now: ${name}, as last seen 03:12\\. gateway: no answer within 2 s`),
    );
    hangs = false;
    expect(await list(stage)).toMatch(/as last seen 03:12\. gateway: .*nothing listens/);
    const [silent, read] = await listed(stage);
    expect(silent).toMatchObject({ live: { error: expect.stringContaining("nothing listens") as string } });
    expect(silent!["lastSeenAt"]).toMatch(/^2026-11-21T03:12/);
    expect(read).toMatchObject({ live: { value: { is: 512 } } });
  });

  it("is told as last seen where the project no longer has the lever, or its secret cannot be had", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    const file = `${stage.world.cwd}/llmops.yaml`;
    const project = (await stage.world.files.read(file))!;
    await stage.world.files.replace(file, project.replace("gateway:", "other:"));
    expect(await list(stage)).toContain("the project no longer has max_tokens on gateway");
    const secret = "headers: { authorization: { env: NOT_SET } }\n      levers:";
    await stage.world.files.replace(file, project.replace("levers:", secret));
    expect(await list(stage)).toContain("environment variable NOT_SET is not set");
  });

  it("is not read by the other screens, which say so, on the screen and as JSON", async () => {
    const stage = play({ routes, files: { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\n" } });
    await stage.llmops(...start);
    await stage.llmops("incident", "note", "x");
    await stage.world.clock.advance(60_000);
    const before = reads(stage);
    for (const screen of ["", "incident list", "incident show", "mitigation show m1"])
      expect(await prints(stage, ...screen.split(" ").filter(Boolean))).toMatch(
        /As last seen 03:1\d; what is live now: llmops mitigation list/,
      );
    const shown = JSON.parse(await prints(stage, "incident", "show", "--json")) as { changes: object[] };
    expect(shown.changes).toMatchObject([{ live: null, lastSeenAt: expect.stringMatching(/^2026/) as string }]);
    expect(reads(stage)).toBe(before);
  });
});

describe("a change by its name", () => {
  it("is undone and shown by what the lists call it, also where two incidents have an m1", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    await stage.llmops(...change("token-clamp", "chat.free"));
    const [first, second] = (await timelines(stage)).map(({ id }) => `${id.slice(-4)}/m1`);
    expect(await prints(stage)).toMatch(new RegExp(`${first} .*${second} `));
    expect(await stage.llmops("mitigation", "undo", "m1", "--yes")).toBe(2);
    expect(stage.world.terminal.screen).toContain(`name one, like ${first}`);
    expect(await prints(stage, "mitigation", "show", second!)).toContain(`back llmops mitigation undo ${second}`);
    expect(await stage.llmops("mitigation", "undo", second!, "--yes")).toBe(0);
    expect(stage.live["chat.free"]!["max_tokens"]).toBe(4096);
    expect(stage.live["support.reply"]!["max_tokens"]).toBe(512);
    expect(await stage.llmops("mitigation", "undo", "zzzz/m1", "--yes")).toBe(2);
  });
});

describe("changes outside of incidents", () => {
  it("are counted by incident list, have no postmortem, and the way back stands once", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    await stage.llmops(...change("kill-switch", "chat.free"));
    expect(await prints(stage, "incident", "list")).toMatch(
      /No incident is recorded here\. Changes outside of incidents: 2 live\./,
    );
    const now = await prints(stage);
    expect(now).not.toContain("postmortem");
    expect(now.match(/mitigation undo/g)).toHaveLength(1);
    expect(now).toMatch(/03:12 dana stays chat\.free enabled true → false/);
    const [{ id }] = await timelines(stage);
    await cutAfter(stage, id, "intended");
    expect(await prints(stage)).toMatch(/! \w{4}\/m1 03:12 dana IN DOUBT .*chat\.free .*llmops watch --once/);
    expect(await prints(stage, "incident", "list")).toContain("! Changes outside of incidents: 1 live, 1 in doubt.");
  });

  it("of several routes name these, not everything", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"), "--scope", "route=chat.free");
    const [{ id }] = await timelines(stage);
    expect(await prints(stage, "incident", "show", id)).toContain("scope route support.reply; route chat.free Changed");
  });
});

describe("an incident whose changes are over", () => {
  it("shows what was made and undone", async () => {
    const stage = play({ files: { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\nmended: done\n" } });
    await stage.llmops(...start);
    const [{ id, incident }] = await timelines(stage);
    if (incident.changes[0]!.state === "applied") await stage.llmops("mitigation", "undo", "m1", "--yes");
    const text = await prints(stage, "incident", "show");
    expect(text).toContain("Nothing by this incident any more:");
    expect(text).toMatch(
      new RegExp(`${id.slice(-4)}/m1 03:12 03:\\d\\d support\\.reply max_tokens 4096 → 512; undone by dana`),
    );
  });
});

describe("who closes what nobody called resolved", () => {
  const open = async () => {
    const stage = play({ files: { ...spike.files, "answers.yaml": "cause: traffic\n" } });
    await stage.llmops(...start);
    return stage;
  };

  it("is refused without a terminal, with the command that comes first", async () => {
    const stage = await open();
    expect(await stage.llmops("incident", "close")).toBe(4);
    const [{ id, incident }] = await timelines(stage);
    expect(stage.world.terminal.screen).toContain(`${id} is not marked resolved.`);
    expect(stage.world.terminal.screen).toContain(`llmops incident resolve ${id}`);
    expect(incident.state).toBe("open");
  });

  it.each(["no", "yes"])("is asked on one, and %s counts", async (value) => {
    const stage = (await open()).typing({ menu: "It is not marked resolved. Was it?", value });
    expect(await stage.llmops("incident", "close")).toBe(value === "yes" ? 0 : 4);
    stage.world.verify();
    const [{ incident }] = await timelines(stage);
    expect([incident.state, incident.resolvedAt !== undefined]).toEqual(
      value === "yes" ? ["closed", true] : ["open", false],
    );
  });
});

describe("who ends what has an end", () => {
  it("is whoever watches now, not whoever did when it was planned", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("token-clamp", "support.reply"));
    expect(await list(stage)).toContain("llmops watch is not running: what has an end is undone by hand.");
    const seen = JSON.stringify({ at: stage.world.clock.now(), host: "pager", pid: 1 });
    await stage.world.files.replace(`${stage.world.cwd}/.llmops/watch.json`, seen);
    expect(await list(stage)).toContain("llmops watch on pager undoes what has an end.");
    expect(await prints(stage, "mitigation", "show", "m1")).toContain("03:42:04, undone by llmops watch on pager");
  });

  it("of a kill switch is nobody: it stays, and a reminder is promised only where one comes", async () => {
    const stage = play({ routes });
    await stage.llmops(...change("kill-switch", "support.reply"));
    const screen = stage.world.terminal.screen.replaceAll(/\s+/g, " ");
    expect(screen).toContain(
      "ends never by itself: it stays until somebody undoes it; no reminder at 03:42:04: llmops watch is not running",
    );
  });
});
