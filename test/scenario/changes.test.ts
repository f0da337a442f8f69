import { describe, expect, it } from "vitest";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Event } from "../../src/timeline/event.ts";
import { alert, runbook, spike } from "./spike.ts";
import { project, setStage, type Set, type Stage } from "./stage.ts";

/** Four minutes before the alert fires, and two before the first bad reading. */
const deploy = {
  at: "2026-11-21T03:00:00Z",
  what: "prompt support v14 → v15",
  who: "m.kaya",
  where: { route: "support.reply" },
};
const asks = runbook
  .replace("  routes:", "  changed: { changes: 24h }\n  routes:")
  .replace("nothing: The alert was wrong }", "nothing: The alert was wrong, release: A release }")
  .replace("hint: {", "hint: { release: { changed: changed },");

async function play(lines: object[], more: Partial<Set> = {}): Promise<{ stage: Stage; events: Event[] }> {
  const stage = setStage({
    ...spike,
    project: `${project}changes: { releases: { file: { path: changes.jsonl } } }\n`,
    ...more,
    files: {
      ...spike.files,
      "runbooks/spike.yaml": asks,
      "changes.jsonl": lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      "alert.json": JSON.stringify({ version: "4", status: "firing", alerts: [alert] }),
    },
  });
  expect(await stage.llmops("incident", "start", "--alert", "alert.json", "--answers", "answers.yaml")).toBe(0);
  const folder = `${stage.world.cwd}/.llmops/incidents`;
  const [id] = await stage.world.files.list(folder);
  const text = (await stage.world.files.read(`${folder}/${id!}/timeline.jsonl`))!;
  return {
    stage,
    events: text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Event),
  };
}
/** The row of the first table, with what stands under it. */
const rowOf = ({ world }: Stage) =>
  /^  changed  [^]*?\n(?=. \w)/m.exec(world.terminal.screen)![0].trimEnd().split("\n");
const proposed = (events: Event[]) => events.flatMap((event) => (event.type === "asked" ? [event.payload] : []))[0];

describe("what was changed before an incident", () => {
  it("stands under the figures, is marked where it fell just before, and makes a proposal", async () => {
    const { stage, events } = await play([
      { at: "2026-11-20T20:00:00Z", what: "gateway 1.42 → 1.43", who: "deploy-bot" },
      deploy,
      { at: "2026-11-21T03:08:00Z", what: "dashboard moved", who: "t.osei" },
    ]);
    expect(rowOf(stage)).toEqual([
      "  changed  03:08 dashboard moved (t.osei)",
      "           03:00 prompt support v14 → v15 (m.kaya)  ← 4 min before",
      "           11-20 20:00 gateway 1.42 → 1.43 (deploy-bot)",
    ]);
    expect(proposed(events)).toMatchObject({
      proposed: "release",
      why: "evidence proposes 4: changed 03:00 prompt support v14 → v15 (m.kaya)",
    });
    expect(foldIncident(events).outcomes.get("spike/changed")).toBe("changed");
  });

  it("proposes nothing by it where nothing was changed, and says so", async () => {
    const { stage, events } = await play([{ ...deploy, at: "2026-11-19T03:00:00Z" }]);
    expect(stage.world.terminal.screen).toMatch(/^ {2}changed +changes +none in 1d$/m);
    expect(proposed(events)).toMatchObject({ proposed: "inflation" });
  });

  it("shows what fell just before rather than what is newest, and counts the rest", async () => {
    const after = Array.from({ length: 30 }, (_, i) => ({
      at: `2026-11-21T03:0${5 + Math.floor(i / 10)}:${10 + i}Z`,
      what: `later ${i}`,
    }));
    const { stage } = await play([deploy, ...after.slice(0, 10)]);
    expect(rowOf(stage)).toEqual([
      "  changed  03:05 later 9",
      "           03:05 later 8",
      "           03:00 prompt support v14 → v15 (m.kaya)  ← 4 min before",
      "           8 more",
    ]);
  });

  it("is told in the postmortem with its record, and whole with the queries", async () => {
    const { stage, events } = await play([deploy]);
    expect(await stage.llmops("postmortem", "-o", "pm.md")).toBe(0);
    const markdown = (await stage.world.files.read(`${stage.world.cwd}/pm.md`))!;
    const { seq } = events.find((event) => event.type === "measured" && event.payload.measurement.id === "changed")!;
    expect(markdown).toContain(
      `Changed just before it began:\n\n- 03:00 prompt support v14 → v15 (m.kaya), 4 min before the first bad reading (#${seq})\n`,
    );
    expect(await stage.llmops("incident", "show", "--timeline")).toBe(0);
    expect(stage.world.terminal.output.replace(/\s+/g, " ")).toContain(
      "03:00 prompt support v14 → v15 (m.kaya); route support.reply; releases",
    );
  });

  it("hostile texts and secrets reach neither screen nor record as they are", async () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const hostile = { ...deploy, what: `\u001b[2J\u202e${token} | <script>`, who: "\u001b]0;x\u0007" };
    const { stage, events } = await play([hostile]);
    expect(await stage.llmops("postmortem", "-o", "pm.md")).toBe(0);
    const markdown = (await stage.world.files.read(`${stage.world.cwd}/pm.md`))!;
    for (const text of [stage.world.terminal.screen, JSON.stringify(events), markdown]) {
      expect(text).toContain("github token");
      expect(text).not.toContain(token);
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0007\u001b\u202e]/);
    }
    expect(markdown).not.toMatch(/[^\\]<script>/);
  });

  it("says in the row what could not be read, and goes on", async () => {
    const { stage } = await play([deploy], {
      project: `${project}changes: { releases: { file: { path: changes.jsonl } }, code: { file: { path: gone.jsonl } } }\n`,
    });
    expect(stage.world.terminal.screen.replace(/\s+/g, " ")).toContain(
      "? changed: the answer may be partial: code: there is no file /home/dana/shop/gone.jsonl",
    );
  });

  it.each([40, 80, 120])("fits %i columns, in ASCII too", async (columns) => {
    for (const unicode of [true, false]) {
      const { stage } = await play([deploy], { columns, unicode });
      const lines = stage.world.terminal.screen.split("\n");
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines.join(" ").replace(/\s+/g, " ")).toContain(unicode ? "← 4 min before" : "<- 4 min before");
    }
  });
});
