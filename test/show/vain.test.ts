import { describe, expect, it } from "vitest";
import { showEvent } from "../../src/show/event.ts";
import { showReach } from "../../src/show/header.ts";
import { showPlan } from "../../src/show/plan.ts";
import { showStanding } from "../../src/show/standing.ts";
import { fact, type Event, type Plan } from "../../src/timeline/event.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { applied, at, clamp, clampPlan, tell, told, wide, type Beat } from "./story.ts";

const now = at("03:20:00");

/** The same story with nothing that the change should help. */
function unasked(beats: Beat[]): Beat[] {
  const { verify: _, ...plan } = clampPlan;
  return beats.map(([time, by, ...facts]) => [
    time,
    by,
    ...facts.map((one) => (one.type === "planned" ? fact("planned", { plan }) : one)),
  ]);
}

const seen = (verdict: "yes" | "no", why: string): Beat => [
  "03:15:08",
  "m.kaya",
  fact("in-effect", { change: "m1", verdict, why, measurements: [] }),
];
const judged = (verdict: "unproven" | "no-effect", why: string): Beat => [
  "03:15:08",
  "m.kaya",
  fact("helped", { change: "m1", verdict, why, measurements: [] }),
];

function listed(incident: Incident): string {
  const placed = incident.changes.map((tracked) => ({ incident, tracked }));
  return showStanding(placed, now, { ...wide, columns: 200 }, { detail: true }).join("\n");
}

function last(events: Event[], incident: Incident): string[] {
  return showEvent(events.at(-1)!, incident, wide);
}

describe("what came of a change", () => {
  it("is said once where nothing was named that it should help", () => {
    const beats = [...unasked(applied), seen("yes", "508 <= 512"), judged("unproven", "in effect; nothing was named")];
    expect(last(tell(beats), told(beats))).toEqual([]);
    expect(listed(told(beats))).toContain("read back; in effect, last looked at");
    expect(listed(told(beats))).not.toContain("unproven");
  });

  it("is said where the runbook asked for help, and where it is not proven", () => {
    const beats = [...applied, seen("yes", "508 <= 512"), judged("unproven", "burn: no data")];
    expect(last(tell(beats), told(beats)).join()).toContain("is unproven: burn: no data");
    expect(listed(told(beats))).toContain("in effect; help not proven");
  });

  it("F02: is marked when it has no effect, in its row and not again beneath", () => {
    const beats = [...unasked(applied), seen("no", "0.28 is not <= 0"), judged("no-effect", "0.28 is not <= 0")];
    const text = listed(told(beats));
    expect(text).toMatch(/^! 7f3k\/m1/m);
    expect(text.split("not in effect")).toHaveLength(2);
    expect(last(tell(beats), told(beats))).toEqual([]);
  });

  it("tells why a write was refused where its next move is told, and no checksum", () => {
    const written = (result: object) =>
      showEvent(
        tell([...applied, ["03:13:23", "m.kaya", fact("written", { change: "m1", result } as never)]]).at(-1)!,
        told(applied),
        wide,
      ).join();
    expect(written({ refused: true, why: "422" })).toMatch(/m1 refused: nothing was written$/);
    expect(written({ written: true, version: "a".repeat(64) })).toMatch(/m1 written$/);
    expect(written({ written: true, version: "191" })).toMatch(/m1 written \(version 191\)$/);
  });
});

describe("a plan", () => {
  const wider = [{ dimension: "route", lever: "max_tokens of everything", values: 5 }] as Plan["wider"];
  const plan = { ...clampPlan, changes: [{ ...clamp, scope: {} }], wider };

  it("is wider than the incident, or than asked where there is none", () => {
    const of = (kind: Incident["kind"]) => showPlan(plan, wide, { id: "X-1", kind }).join("\n");
    expect(of("change")).toContain("WIDER than asked: max_tokens has no route: 5 routes");
    expect(of("incident")).toContain("WIDER than the incident: max_tokens has no route: 5 routes");
  });

  it("that is only shown names no change that could be undone", () => {
    const text = showPlan(plan, wide, { id: "X-1", kind: "change", onlyShown: true }).join("\n");
    expect(text).not.toContain("X-1");
  });
});

it("who answered stands before the evidence in few words, and what holds for all targets once", () => {
  const check = (name: string, say: string) => ({ name, kind: "x", reach: { ok: true, say, ms: 1 } });
  const targets = [check("gateway", "64 ms, write not tried"), check("limits", "68 ms, cluster 58e8, write not tried")];
  expect(showReach([...targets, check("calls", "2 files, newest record 4s old")] as never, wide).join("\n")).toBe(
    "  reach   gateway 64 ms · limits 68 ms · calls 2 files, newest record 4s old; no\n          write was tried",
  );
});
