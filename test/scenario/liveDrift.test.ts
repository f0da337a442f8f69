import { describe, expect, it } from "vitest";
// loaded before the clock runs
import "../../src/session/watch.ts";
import type { Event } from "../../src/timeline/event.ts";
import { project, setStage, type Set, type Stage } from "./stage.ts";
import { spike } from "./spike.ts";
import { timelines } from "./timelines.ts";

const minute = 60_000;
const play = (more: Partial<Set> = {}) => setStage({ ...spike, ...more });
const clamp = (tokens = 512) => [
  ..."mitigate token-clamp --scope route=support.reply --reason cost --yes --wait none --for 3h --with".split(" "),
  `max_tokens=${tokens}`,
];
const shown = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const times = (text: string, part: string) => text.split(part).length - 1;
const cap = ({ live }: Stage) => live["support.reply"]!["max_tokens"];

/** Somebody else, so many minutes from now. */
function others(stage: Stage, minutes: number, value: unknown): void {
  void stage.world.clock.sleep(minutes * minute).then(() => (stage.live["support.reply"]!["max_tokens"] = value));
}

async function watchFor(minutes: number, stage: Stage, watchers = 1): Promise<void> {
  const stop = stage.world.clock.sleep(minutes * minute).then(() => stage.world.interrupt());
  const codes = await Promise.all(Array.from({ length: watchers }, () => stage.llmops("watch")));
  expect(new Set(codes)).toEqual(new Set([130]));
  await stop;
}

async function told(stage: Stage, type: Event["type"]): Promise<Event[]> {
  return (await timelines(stage)).flatMap(({ events }) => events.filter((event) => event.type === type));
}

/** What one command prints on stdout, in one line. */
async function prints(stage: Stage, ...argv: string[]): Promise<string> {
  const before = stage.world.terminal.output.length;
  expect(await stage.llmops(...argv)).toBe(0);
  return stage.world.terminal.output.slice(before).replaceAll(/\s+/g, " ").trim();
}

describe("a clamp that somebody else takes back", () => {
  it("is told once with what was ours, recorded with when it still stood, and nothing is written", async () => {
    const stage = play();
    expect(await stage.llmops(...clamp())).toBe(0);
    others(stage, 3.5, 4095);
    await watchFor(8, stage);
    const [{ id }] = await timelines(stage);
    expect(shown(stage)).toMatch(
      new RegExp(
        `! ${id} m1: your token-clamp was changed by somebody else between 03:1[45] and 03:1[56]: max_tokens is 4095 \\(ours was 512\\)`,
      ),
    );
    expect(times(shown(stage), "your token-clamp was changed")).toBe(1);
    const [drifted, ...more] = await told(stage, "drifted");
    expect(more).toEqual([]);
    const { seenAt, live } = drifted!.payload as { seenAt: number; live: unknown };
    expect(live).toEqual({ is: 4095 });
    expect(drifted!.at - seenAt).toBeGreaterThan(0);
    expect(drifted!.at - seenAt).toBeLessThanOrEqual(minute + 15_000);
    expect(stage.writes).toHaveLength(1);
    expect(cap(stage)).toBe(4095);
  });

  it("that was put back is told, and so is the next time", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    others(stage, 2, 4095);
    others(stage, 5, 512);
    others(stage, 8, 4095);
    await watchFor(11, stage);
    expect(times(shown(stage), "your token-clamp was changed")).toBe(2);
    expect(times(shown(stage), "your token-clamp stands there again: max_tokens is 512")).toBe(1);
    expect([await told(stage, "drifted"), await told(stage, "restored")].map((all) => all.length)).toEqual([2, 1]);
  });

  it("is found by watch --once, too, and told once by all that are run", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    await stage.world.clock.advance(5 * minute);
    stage.live["support.reply"]!["max_tokens"] = 4095;
    for (let i = 0; i < 3; i++) expect(await stage.llmops("watch", "--once")).toBe(0);
    expect(times(shown(stage), "your token-clamp was changed")).toBe(1);
  });

  it("is recorded once where two watch", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    others(stage, 2, 4095);
    others(stage, 4, 512);
    await watchFor(6, stage, 2);
    expect(await told(stage, "drifted")).toHaveLength(1);
    expect(await told(stage, "restored")).toHaveLength(1);
  });

  it("within minutes, to what was there before, may be the work of a machine: that is said", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    others(stage, 2, 4096);
    await watchFor(4, stage);
    expect(shown(stage)).toContain("something may put it back by itself, like GitOps or a deploy");
    expect(await told(stage, "drifted")).toMatchObject([{ payload: { hint: expect.stringContaining("GitOps") } }]);
  });

  it("has a name where the project's records know of a deed at that place and time, and of no other", async () => {
    const stage = play({ project: `${project}changes: { deploys: { file: { path: changes.jsonl } } }\n` });
    await stage.llmops(...clamp());
    const deed = (minutes: number, who: string, route: string) =>
      JSON.stringify({
        at: new Date(stage.world.clock.now() + minutes * minute).toISOString(),
        what: "token cap as in main",
        who,
        where: { route },
      });
    const deeds = [
      deed(-60, "earlier", "support.reply"),
      deed(1.5, "elsewhere", "chat"),
      deed(2, "j.ortiz", "support.reply"),
    ];
    await stage.world.files.append(`${stage.world.cwd}/changes.jsonl`, `${deeds.join("\n")}\n`);
    others(stage, 2, 4095);
    await watchFor(4, stage);
    expect(shown(stage)).toMatch(
      /was changed by j\.ortiz between 03:1\d and 03:1\d: .* deploys: .* token cap as in main/,
    );
    expect(shown(stage)).not.toMatch(/elsewhere|earlier/);
  });

  it("is visible to whoever comes next: in the list, at the change, and in the postmortem", async () => {
    const stage = play({
      files: { ...spike.files, "answers.yaml": "cause: inflation\nclamp: apply\nmended: not-done\n" },
    });
    expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
    others(stage, 2, 4095);
    await watchFor(4, stage);
    const there = stage.typing();
    const drift = /changed by somebody else between 03:\d\d and 03:\d\d: max_tokens is 4095 \(ours was 512\)/;
    expect(await prints(there, "mitigation", "list")).toMatch(drift);
    expect(await prints(there, "incident", "show")).toMatch(drift);
    expect(await prints(there, "mitigation", "show", "m1")).toMatch(drift);
    const list = JSON.parse(await prints(there, "mitigation", "list", "--json")) as { changes: object[] };
    expect(list.changes).toMatchObject([{ drifted: { live: { is: 4095 }, seenAt: expect.stringMatching(/^2026/) } }]);
    expect(await prints(there, "postmortem")).toMatch(
      /changed by somebody else between 03:\d\d:\d\d and 03:\d\d:\d\d: max_tokens is 4095 .* \(#\d+\)/,
    );
  });
});

describe("no drift is", () => {
  const settled = 6_000;

  it("F03: a read-back that lags while the write settles, nor one stale answer of a replica after it", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    const { http, clock } = stage.world;
    const until = clock.now() + 4000;
    let stale = 0;
    stage.world.http = async (request) => {
      const answer = await http(request);
      const isRead = request.method === "GET" && request.url.endsWith("/support.reply") && "body" in answer;
      const lags = clock.now() < until || (clock.now() > until + 3 * minute && stale++ === 0);
      return isRead && lags ? { ...answer, body: answer.body.replace("512", "4096") } : answer;
    };
    await watchFor(6, stage);
    expect(stale).toBeGreaterThan(1);
    expect(await told(stage, "drifted")).toEqual([]);
    expect(shown(stage)).not.toContain("was changed by");
  });

  it("a target that is down: told once, and again when it was up in between", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    await stage.world.clock.advance(settled);
    const { http, clock } = stage.world;
    const began = clock.now();
    const isDown = () => {
      const at = (clock.now() - began) / minute;
      return at < 3 || (at > 6 && at < 9);
    };
    stage.world.http = async (request) =>
      isDown() && request.url.includes("gateway.test")
        ? { failed: "nothing listens on gateway.test:8080", sent: false, ms: 1 }
        : http(request);
    await watchFor(12, stage);
    expect(times(shown(stage), "still stands is not known")).toBe(2);
    expect(await told(stage, "drifted")).toEqual([]);
  });

  it("a later change of ours on the same lever, in whichever incident", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    void stage.world.clock.sleep(2 * minute).then(() => stage.llmops(...clamp(256)));
    await watchFor(5, stage);
    expect(cap(stage)).toBe(256);
    expect(await told(stage, "drifted")).toEqual([]);
  });

  it("an undo", async () => {
    const stage = play();
    await stage.llmops(...clamp());
    void stage.world.clock.sleep(2 * minute).then(() => stage.llmops("mitigation", "undo", "m1", "--yes"));
    await watchFor(5, stage);
    expect(cap(stage)).toBe(4096);
    expect(await told(stage, "drifted")).toEqual([]);
  });
});
