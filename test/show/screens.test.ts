import { describe, expect, it } from "vitest";
import { exit, UserError } from "../../src/errors.ts";
import { showChange, showChanges } from "../../src/show/change.ts";
import { showEvent } from "../../src/show/event.ts";
import { showEvidence } from "../../src/show/evidence.ts";
import { showHeader, showReach } from "../../src/show/header.ts";
import { showIncident } from "../../src/show/incident.ts";
import { showIncidents, showNow } from "../../src/show/incidents.ts";
import type { Paint } from "../../src/show/paint.ts";
import { showPlan } from "../../src/show/plan.ts";
import { showProblem } from "../../src/show/problem.ts";
import { showQueries } from "../../src/show/queries.ts";
import { showAnswered } from "../../src/show/question.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Placed } from "../../src/timeline/changes.ts";
import type { Event } from "../../src/timeline/event.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { Live } from "../../src/timeline/live.ts";
import { width } from "../../src/show/width.ts";
import {
  applied,
  ascii,
  at,
  begun,
  clamp,
  clampPlan,
  coloured,
  evidence,
  lives,
  over,
  page,
  proven,
  slim,
  tell,
  told,
  twelve,
  wide,
  type Beat,
} from "./story.ts";

const now = at("03:15:10");
const around = { now, watcher: undefined };
const late = { now: at("03:50:00"), watcher: undefined };

/** As it is recorded outside of any incident. */
function change(beats: Beat[], id: string): Incident {
  return { ...told(beats, id), kind: "change", state: "closed", scope: {} };
}

/** The first was left, the second read as before, the others are what somebody else made of them. */
function found({ tracked }: Placed): Live {
  return { value: tracked.state === "in-doubt" ? tracked.change.before : { is: 1024 }, at: at("03:49:59") };
}

const problem = new UserError({
  what: "http://127.0.0.1:8080/v1/routes/support.replay answers 404: there is no such route, did you mean support.reply?",
  next: "llmops mitigate kill-switch --scope route=support.reply",
  code: exit.failed,
});

/** What `incident start` prints between the page and the proof, without its prompts. */
function walk(paint: Paint): string[] {
  const events = tell(proven);
  const shown = events.flatMap((event, i) => {
    const incident = foldIncident(events.slice(0, i + 1));
    if (event.type === "measured" && event.payload.measurement.at < at("03:13:00")) return [];
    if (event.type === "answered") return ["", ...showAnswered(event, incident, paint)];
    return showEvent(event, incident, paint);
  });
  return [
    ...showHeader(told(begun), at("03:12:04"), paint, {
      localOffset: 60,
      open: ["tenant", "route", "user"],
      record: ".llmops/incidents/INC-1121-7f3k",
    }),
    ...showReach(
      [
        { name: "metrics", kind: "prometheus", reach: { ok: true, say: "41 ms", ms: 41 } },
        { name: "calls", kind: "calls", reach: { ok: true, say: "ok", ms: 2 } },
        { name: "gateway", kind: "http", reach: { ok: false, say: "401: the token was refused", ms: 9 } },
      ],
      paint,
    ),
    "",
    ...showEvidence(evidence, paint, { since: page.startsAt!, queries: "Every query: e" }),
    ...shown,
  ];
}

const screens: Record<string, (paint: Paint) => string[]> = {
  walk,
  "incident-show": (paint) => showIncident(told(proven), around, paint, { others: [told(begun, "CHG-1121-bbbb")] }),
  "incident-show-in-doubt": (paint) => showIncident(told(begun), around, paint),
  "incident-show-timeline": (paint) => showIncident(told(over), late, paint, { timeline: true }),
  "incident-list": (paint) =>
    showIncidents([told(over, "INC-1121-aaaa"), told(proven), change(proven, "CHG-1121-cccc")], now, paint),
  "mitigation-list": (paint) =>
    showChanges(
      lives(
        [told(proven), told(begun, "CHG-1121-bbbb"), told(over, "INC-1121-aaaa"), told(proven, "INC-1121-dddd")],
        found,
      ),
      late,
      paint,
    ),
  "mitigation-list-12": (paint) => showChanges(lives([told(twelve)]), around, paint),
  "mitigation-list-down": (paint) =>
    showChanges(
      lives([told(twelve)], () => ({ error: "nothing listens on 127.0.0.1:8080 (connection refused)" })),
      around,
      paint,
    ),
  "mitigation-show": (paint) =>
    showChange({ incident: told(proven), tracked: told(proven).changes[0]! }, told(proven).events, around, paint),
  now: (paint) => showNow([told(proven), told(over, "INC-1121-aaaa")], around, paint),
  "now-many": (paint) =>
    showNow(
      [told(proven), change(twelve, "CHG-1121-cccc"), change(begun, "CHG-1121-dddd")],
      { now, watcher: "laptop" },
      paint,
    ),
  "now-changes": (paint) => showNow([change(twelve, "CHG-1121-cccc")], around, paint),
  "now-calm": (paint) => showNow([], around, paint),
  queries: (paint) => showQueries(evidence.slice(0, 7), paint),
  problem: (paint) => showProblem(problem, paint, (text) => text),
};

describe("screens", () => {
  for (const [name, show] of Object.entries(screens)) {
    for (const [variant, paint] of Object.entries({ "80": wide, ascii, "40": slim })) {
      it(`${name} on ${variant} reads as its file`, async () => {
        await expect(`${show(paint).join("\n")}\n`).toMatchFileSnapshot(`${name}.${variant}.txt`);
      });
    }

    it(`${name} is never wider than the terminal, from 20 columns to 300`, () => {
      for (const columns of [20, 30, 40, 59, 60, 72, 80, 120, 300])
        for (const unicode of [true, false])
          for (const text of show({ ...wide, columns, unicode })) {
            expect(width(text)).toBeLessThanOrEqual(columns);
            expect(text).not.toMatch(/\n|\s$/);
          }
    });

    it(`${name} is plain ASCII where nothing else can be shown`, () => {
      expect(show(ascii).join("")).toMatch(/^[\x20-\x7e]*$/);
    });

    it(`${name} says the same with colour and without`, () => {
      // oxlint-disable-next-line no-control-regex
      const plain = show(coloured).map((text) => text.replace(/\u001b\[\d+m/g, "").trimEnd());
      expect(plain).toEqual(show(wide));
    });
  }
});

describe("what a tired reader must not miss", () => {
  it("keeps value, usual and verdict of each figure at 40 columns", () => {
    const text = showEvidence(evidence, slim, { queries: "e" }).join("\n");
    for (const part of ["! burn  $131.2, usual $11-17 ×9.4", "? loops  no data: no series in 5m", "concentrated"])
      expect(text).toContain(part);
  });

  it("puts WIDER between the diff and the end", () => {
    const lines = showPlan(clampPlan, wide);
    const place = (text: string) => lines.findIndex((l) => l.includes(text));
    expect(place("+ max_tokens  512")).toBeLessThan(place("WIDER"));
    expect(place("WIDER")).toBeLessThan(place("ends"));
    expect(lines.join("\n")).toContain("41 tenants");
  });

  it("says when a write is not conditional, only recorded, or not needed", () => {
    const read = { ...clampPlan.reads[0]!, conditional: false, enforced: false };
    const text = showPlan({ ...clampPlan, reads: [read] }, wide).join("\n");
    expect(text).toContain("best effort");
    expect(text).toContain("recorded only");
    expect(showPlan({ ...clampPlan, changes: [] }, wide).join("\n")).toContain("Already so: nothing will be written.");
  });

  it("shows which member joins a long list", () => {
    const before = { is: Array.from({ length: 300 }, (_, i) => `user-${i}`) };
    const block = { ...clamp, setting: "blocked" as const, before, after: { is: [...before.is, "u-8841"] } };
    const text = showPlan({ ...clampPlan, changes: [block] }, wide).join("\n");
    expect(text).toContain('+ blocked  "u-8841"');
    expect(text).toContain("300 others stay as they are");
    expect(text.length).toBeLessThan(1200);
  });

  it("tells absent, null, empty text, zero, false and the empty list apart", () => {
    const values = [{ absent: true } as const, { is: null }, { is: "" }, { is: 0 }, { is: false }, { is: [] }];
    const shown = values.map((after) =>
      showPlan({ ...clampPlan, changes: [{ ...clamp, after }] }, wide).find((l) => l.startsWith("+")),
    );
    expect(new Set(shown).size).toBe(values.length);
  });

  it("claims nothing about a write that nobody answered", () => {
    const beats = tell(begun);
    const doubt = told([
      ...begun,
      [
        "03:13:40",
        "m.kaya",
        { type: "written", payload: { change: "m1", result: { unknown: true, why: "no answer within 15 s" } } },
      ],
    ]);
    const text = showIncident(doubt, around, wide).join("\n");
    expect(text).toContain("IN DOUBT");
    expect(text).toContain("no answer within 15 s");
    expect(text).not.toMatch(/in effect|read back|helped/);
    expect(beats.length).toBe(doubt.events.length - 1);
  });

  it("says that the time of a live change is over", () => {
    const text = showChanges(lives([told(applied)]), { ...around, now: at("04:00:00") }, wide).join("\n");
    expect(text).toContain("! 7f3k/m1");
    expect(text.replaceAll(/\s+/g, " ")).toMatch(/OVERDUE .*; its time was over at 03:43/);
  });

  it("shows a fact of a newer version without understanding it", () => {
    const newer = { ...tell(begun)[0]!, v: 2, type: "telepathy", payload: { mood: "\u001b[2J" } } as unknown as Event;
    expect(showEvent(newer, told(begun), wide).join("\n")).toContain("(unknown record type telepathy, kept)");
  });
});
