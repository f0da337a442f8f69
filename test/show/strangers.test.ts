import { describe, expect, it } from "vitest";
import { showChanges } from "../../src/show/change.ts";
import { showEvent } from "../../src/show/event.ts";
import { showEvidence } from "../../src/show/evidence.ts";
import { showIncident } from "../../src/show/incident.ts";
import { showIncidents, showNow } from "../../src/show/incidents.ts";
import type { Paint } from "../../src/show/paint.ts";
import { showQueries } from "../../src/show/queries.ts";
import { sayFigure } from "../../src/timeline/figure.ts";
import { width } from "../../src/show/width.ts";
import { corpus } from "../hostile/corpus.ts";
import { faultIn } from "../hostile/inspect.ts";
import { strangers } from "../postmortem/strangers.ts";
import { ascii, at, lives, slim, wide } from "./story.ts";

const now = at("03:50:00");
const paints: Record<string, Paint> = { wide, slim, ascii };

describe("H06, J01, J02: text of strangers on every screen about an incident", () => {
  it.each(Array.from({ length: 30 }, (_, n) => n))("incident %i", (n) => {
    let next = n * 31;
    const incident = strangers(() => corpus[next++ % corpus.length]!.text);
    const readings = [...incident.measurements.values()].map(({ last }) => last);
    const text = () => corpus[next++ % corpus.length]!.text;
    const around = { now: at("03:50:00"), watcher: text() };
    const found = lives([incident], (_, i) => (i % 2 === 0 ? { error: text() } : { value: { is: text() }, at: now }));
    for (const [name, paint] of Object.entries(paints)) {
      const screens = {
        incident: showIncident(incident, around, paint, { timeline: true }),
        list: showIncidents([incident], now, paint),
        now: showNow([incident], around, paint),
        changes: showChanges(found, around, paint),
        queries: showQueries(readings, paint),
        evidence: showEvidence(readings, paint, { queries: "e" }),
        walk: incident.events.flatMap((event) => showEvent(event, incident, paint)),
      };
      for (const [screen, lines] of Object.entries(screens)) {
        expect(faultIn(lines.join("\n")), `${screen}, ${name}`).toBeUndefined();
        expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
        expect(
          lines.filter((line) => width(line) > paint.columns),
          `${screen}, ${name}`,
        ).toEqual([]);
      }
    }
  });

  it.each([
    "漢字漢字漢字",
    "👩👩👩",
    "a\u001b[31m",
    "é".repeat(12),
    "a\u0301".repeat(9),
    "x".repeat(90),
    "\u{e0041}",
    "a\nb",
  ])("the figures stand under their heads beside %j", (text) => {
    const readings = [...strangers(() => text).measurements.values()].map(({ last }) => last);
    const [head = "", ...rows] = showEvidence(readings, wide, { queries: "e" });
    const figure = sayFigure(99, "usd/h");
    const row = rows.find((line) => line.includes(`${figure} `)) ?? "";
    const endOf = (line: string, word: string) => width(line.slice(0, line.indexOf(word) + word.length));
    expect(endOf(row, figure), `${head}\n${row}`).toBe(endOf(head, "now"));
  });
});
