import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderPostmortem } from "../../src/postmortem/render.ts";
import { aboveUsual } from "../../src/timeline/above.ts";
import { describe as tell, sayBetween } from "../../src/timeline/describe.ts";
import { sayFigure, sayRange } from "../../src/timeline/figure.ts";
import { fact } from "../../src/timeline/event.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";
import { sayDate, sayMoment } from "../../src/timeline/moment.ts";
import { begun, over, told, type Beat } from "../show/story.ts";

const template = readFileSync(new URL("../../templates/postmortem.md.hbs", import.meta.url), "utf8");
const render = (incident: Incident) => renderPostmortem(incident, { followUps: [], template }).markdown;

/** Words that hold a digit: figures, times, durations, versions. Ids (m1, SEV2, p95, u-1) name things and are no figures. */
function figuresIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w#.-])[$×]?\d[\w:.,%-]*/g)].map(([word]) => word.replace(/[.,:]+$/, ""));
}

const units = ["usd", "usd/h", "ratio", "s", "tokens", "count", "factor", "score", "1/s"] as const;

/** Everything that a record knows as a figure, as any screen would spell it. */
function spellings({ events, openedAt, alerts }: Incident, seqs: readonly number[]): Set<string> {
  const times: number[] = [openedAt, ...alerts.flatMap(({ startsAt }) => startsAt ?? [])];
  const known = new Set<string>();

  const look = (value: unknown): void => {
    if (typeof value === "number") {
      if (value > 1e12) times.push(value);
      for (const unit of units) figuresIn(sayFigure(value, unit)).forEach((word) => known.add(word));
      for (const percent of [Math.round(value * 100)]) known.add(`${percent}%`);
      known.add(String(value)).add(value.toLocaleString("en-US"));
      if (value % 60_000 === 0) known.add(`${value / 60_000}m`);
    } else if (typeof value === "string") figuresIn(value).forEach((word) => known.add(word));
    else if (Array.isArray(value)) {
      known.add(String(value.length));
      value.forEach(look);
    } else if (typeof value === "object" && value !== null) {
      const { low, high } = value as { low?: number; high?: number };
      if (low !== undefined && high !== undefined)
        for (const unit of units) figuresIn(sayRange(low, high, unit)).forEach((word) => known.add(word));
      const { partCount, parts } = value as { partCount?: number; parts?: unknown[] };
      if (partCount !== undefined) for (let shown = 1; shown <= (parts?.length ?? 0); shown++) look(partCount - shown);
      Object.values(value).forEach(look);
    }
  };
  for (const seq of seqs) {
    const event = events.find((one) => one.seq === seq);
    if (event === undefined) continue;
    times.push(event.at);
    look(event.payload);
    figuresIn(tell(event)).forEach((word) => known.add(word));
  }
  for (const a of times) {
    figuresIn(`${sayMoment(a, openedAt)} ${sayDate(a)}`).forEach((word) => known.add(word));
    for (const b of times) figuresIn(sayBetween(a, b)).forEach((word) => known.add(word));
  }
  return known;
}

/** The one figure that is reckoned: from the readings of the named records alone. */
function estimate({ events, openedAt, alerts, resolvedAt }: Incident, seqs: readonly number[]): string {
  const cited = events.filter(({ seq }) => seqs.includes(seq)).map(({ payload }) => payload as Readings);
  const readings = cited.flatMap(({ measurement, measurements = [] }) => (measurement ? [measurement] : measurements));
  const burn = readings.filter(({ unit, by }) => unit === "usd/h" && by === undefined);
  const until = resolvedAt ?? events.at(-1)!.at;
  return sayFigure(Math.round(aboveUsual(burn, alerts[0]?.startsAt ?? openedAt, until) ?? NaN), "usd");
}

interface Readings {
  measurement?: Measurement;
  measurements?: Measurement[];
}

/** Figures of the report that no record named beside them holds. */
function untraced(incident: Incident, markdown: string): string[] {
  const ours = figuresIn(template.replace(/\{\{[^}]*\}\}/g, ""));
  let heading = "";
  let cited: number[] = [];
  return markdown
    .split("\n---\n")[0]!
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("#")) heading = line;
      const own = [...line.matchAll(/#(\d+)/g)].map(([, seq]) => Number(seq));
      // the rows of a sample stand under the line that names its record
      cited = own.length > 0 || !line.startsWith("- ") || heading !== "## Sampled calls" ? own : cited;
      const wrong = cited.filter(
        (seq) => !incident.events.some((event) => event.seq === seq) && !line.startsWith("Numbers"),
      );
      const known = spellings(incident, cited);
      if (line.startsWith("About $")) figuresIn(estimate(incident, cited)).forEach((word) => known.add(word));
      if (/^(\| Incident |Left out here)/.test(line)) return wrong.map((seq) => `#${seq} is no record: ${line}`);
      return [
        ...wrong.map((seq) => `#${seq} is no record: ${line}`),
        ...figuresIn(line).flatMap((word) => (known.has(word) || ours.includes(word) ? [] : [`${word} in ${line}`])),
      ];
    });
}

const late: Beat[] = [
  ...begun,
  ["03:13:22", "m.kaya", fact("read-back", { change: "m1", value: { is: 512 }, version: null, as: "applied" })],
  [
    "03:20:00",
    "m.kaya",
    fact("extended", { change: "m1", until: Date.UTC(2026, 10, 21, 5, 30), reason: "not mended" }),
  ],
];

const drifting: Beat[] = [
  ...over.slice(0, -2),
  [
    "03:39:00",
    "m.kaya",
    fact("drifted", { change: "m1", live: { is: 4095 }, seenAt: Date.UTC(2026, 10, 21, 3, 37), by: "j.ortiz" }),
    fact("restored", { change: "m1", live: { is: 512 } }),
  ],
  ...over.slice(-2),
  [
    "03:50:00",
    "m.kaya",
    fact("spent", {
      from: Date.UTC(2026, 10, 21, 3, 2),
      to: Date.UTC(2026, 10, 21, 3, 45),
      usd: 71.27,
      above: 52.61,
      perHour: 13.41,
      avoided: [{ change: "m1", usd: 41.9 }],
    }),
  ],
];

describe("M07: every figure of the report traces to a record that it names", () => {
  it.each<[string, Beat[]]>([
    ["a whole incident", over],
    ["one in doubt", begun],
    ["one with a live change", late],
    ["one that somebody else changed, and whose cost was reckoned", drifting],
  ])("%s", (_, beats) => {
    const incident = told(beats);
    expect(untraced(incident, render(incident))).toEqual([]);
  });

  it("the checker sees a figure that is not on the record, and one that names another record", () => {
    const incident = told(over);
    const markdown = render(incident);
    expect(untraced(incident, markdown.replace("$131.2 (#8)", "$131.3 (#8)"))).toHaveLength(1);
    expect(untraced(incident, markdown.replace("$131.2 (#8)", "$131.2 (#9)"))).toHaveLength(1);
    expect(untraced(incident, markdown.replace("03:13:21 (#24)", "03:13:22 (#24)"))).toHaveLength(1);
    expect(untraced(incident, markdown.replace("(#24)", "(#999)"))).not.toEqual([]);
  });
});

/** What the public templates of the field have in common, by the words with which they ask for it. */
const canonical: Record<string, RegExp> = {
  summary: /^## Summary/m,
  "date and duration": /^\| Duration /m,
  severity: /^\| Severity /m,
  status: /^\| State /m,
  "impact on customers": /^## Customer impact/m,
  "measured impact": /^## Measured impact/m,
  detection: /^## Detection/m,
  timeline: /^## Timeline/m,
  "root cause": /^## Root cause/m,
  "response and resolution": /^## (Mitigations|Resolution)/m,
  "what went well": /^## What went well/m,
  "what went wrong": /^## What went wrong/m,
  "where we were lucky": /lucky/i,
  "action items": /^## Action items/m,
  "lessons learned": /^## Lessons/m,
  communication: /^## Communication/m,
};

it("M10: the report has the parts of the field's templates", () => {
  const markdown = render(told(over));
  expect(Object.keys(canonical)).toHaveLength(16);
  expect(Object.entries(canonical).flatMap(([part, words]) => (words.test(markdown) ? [] : [part]))).toEqual([]);
});
