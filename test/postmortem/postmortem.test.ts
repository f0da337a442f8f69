import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { fill } from "../../src/postmortem/template.ts";
import { renderPostmortem } from "../../src/postmortem/render.ts";
import { headOf, stamp } from "../../src/timeline/chain.ts";
import { fact, type Event, type Fact } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { at, begun, over, proven, tell, told, type Beat } from "../show/story.ts";

const template = readFileSync(new URL("../../templates/postmortem.md.hbs", import.meta.url), "utf8");
const followUps = ["Give every route a token cap and a budget alert", "Add the prompt to the evaluation set"];
const render = (incident: Incident) => renderPostmortem(incident, { followUps, template });

/** The story with one more fact at its end. */
function and(beats: Beat[], time: string, ...facts: Fact[]): Beat[] {
  return [...beats, [time, "m.kaya", ...facts]];
}

const talk: Beat[] = [
  ...over,
  [
    "03:46:00",
    "m.kaya",
    fact("sampled", {
      of: "expensive",
      source: "calls",
      from: at("02:12:00"),
      to: at("03:46:00"),
      calls: [
        { id: "c-1", at: at("03:40:00"), scope: { model: "gpt-4o" }, costUsd: 0.31, mark: "unrated" },
        {
          id: "c-2",
          at: at("03:41:00"),
          scope: { model: "gpt-4o" },
          costUsd: 0.29,
          mark: "bad",
          note: "repeats itself",
        },
      ],
    }),
    fact("sent", { to: "tenants", ok: true, text: "Answers were shorter for half an hour." }),
    fact("ran", {
      action: "end-jobs",
      argv: ["./end-jobs.sh", "support.reply"],
      code: null,
      output: "",
      irreversible: true,
      phase: "intended",
    }),
    fact("ran", {
      action: "end-jobs",
      argv: ["./end-jobs.sh", "support.reply"],
      code: 0,
      output: "3 jobs ended",
      irreversible: true,
      phase: "done",
    }),
    fact("closed", { note: "", head: "ab12" }),
  ],
];

describe("the report of a whole incident", () => {
  it("reads as its file", async () => {
    await expect(render(told(talk)).markdown).toMatchFileSnapshot("cost-spike.md");
  });

  it("reads as its file when it is written in mid-incident, with an intent in doubt", async () => {
    await expect(render(told(begun)).markdown).toMatchFileSnapshot("in-doubt.md");
  });

  it("reads as its file when nothing was recorded but a note", async () => {
    const bare: Beat[] = [
      [
        "03:12:04",
        "m.kaya",
        fact("opened", {
          kind: "incident",
          title: "Something odd",
          class: null,
          severity: null,
          scope: {},
          version: "0.1.0",
        }),
      ],
      ["03:13:00", "m.kaya", fact("noted", { text: "users say that answers are in French" })],
    ];
    await expect(render(told(bare)).markdown).toMatchFileSnapshot("bare.md");
  });

  it("M07: is the same bytes each time", () => {
    expect(render(told(talk)).markdown).toBe(render(told(talk)).markdown);
  });

  it("lists its blanks and counts its full parts", () => {
    const { markdown, blanks, full, parts } = render(told(talk));
    expect(parts).toBe(markdown.match(/^## /gm)!.length);
    expect(blanks.map(({ part }) => part)).toContain("Root cause");
    expect(full).toBe(parts - blanks.length);
    expect(markdown).toContain(`**${full} of ${parts} parts are full.**`);
    for (const { part, hint } of blanks) expect(markdown).toContain(`- ${part}: ${hint}`);
  });

  it("takes every figure from a record that it names", () => {
    const incident = told(talk);
    const { markdown } = render(incident);
    const evidence = markdown.split("\n").filter((line) => line.startsWith("| burn"));
    expect(evidence).toEqual([expect.stringContaining("$131.2 (#8)")]);
    expect(evidence[0]).toContain("$13.4 (#31)");
    for (const [, seq] of markdown.matchAll(/\(#(\d+)\)/g))
      expect(Number(seq)).toBeLessThanOrEqual(incident.events.length);
    expect(markdown).not.toContain("(#0)");
  });

  it("prints the head of the record", () => {
    const incident = told(talk);
    expect(render(incident).markdown).toContain(headOf(incident.events).hash);
  });
});

describe("M06: gaps are sentences", () => {
  const written = (beats: Beat[]) => render(told(beats)).markdown;

  it("says that an intent is in doubt", () =>
    expect(written(begun)).toContain(
      "m1 (token-clamp) is in doubt: it was intended at 03:13:21 (#24), and nobody saw whether it was written.",
    ));

  it("says that verification was not performed", () => {
    const applied = and(
      begun,
      "03:13:22",
      fact("read-back", { change: "m1", value: { is: 512 }, version: null, as: "applied" }),
    );
    expect(written(applied)).toContain("m1 (token-clamp): verification was not performed.");
    expect(written(applied)).toContain("m1 (token-clamp) was read back; whether it took effect was not looked at.");
    expect(written(applied)).toContain("m1 (token-clamp) is still live at the last record.");
  });

  it("says that an action has no end on the record", () => {
    const ran = {
      action: "end-jobs",
      argv: ["x"],
      code: null,
      output: "",
      irreversible: true,
      phase: "intended",
    } as const;
    expect(written(and(begun, "03:14:00", fact("ran", { ...ran, argv: ["x"] })))).toContain(
      "The action end-jobs was about to run (#25) and its end is not on the record.",
    );
  });

  it("says that the clock moved back, and makes no negative duration of it", () => {
    const back = and(begun, "01:15:00", fact("resolved", { note: "over" }));
    const { markdown } = render(told(back));
    expect(markdown).toContain("The clock moved back 1h 58m between #24 and #25");
    expect(markdown).toContain(
      "| Duration | an unknown time (the clock moved back), from 03:02:00 (#3) to 01:15:00 (#25) |",
    );
    expect(markdown).not.toMatch(/-\d+(s|m|h)\b/);
  });

  it("says that a damaged end was set aside, and that content was erased", () => {
    expect(written(and(begun, "03:14:00", fact("torn", { file: "timeline.torn", bytes: 17 })))).toContain(
      "A damaged end of the record (17 bytes) was set aside as timeline.torn (#25).",
    );
    expect(written(and(begun, "03:14:00", fact("erased", { seq: 3, reason: "a name" })))).toContain(
      "The content of #3 was erased: a name (#25).",
    );
  });

  it("keeps records of a newer version in sight", () => {
    const events: Event[] = tell(begun);
    const newer = {
      ...stamp([fact("noted", { text: "x" })], "INC", headOf(events), at("03:20:00"), { by: "x", host: "y" })[0]!,
      type: "telepathy",
    };
    expect(render(foldIncident([...events, newer as unknown as Event])).markdown).toContain(
      "(unknown record type telepathy, kept)",
    );
  });

  it("shows the outcome of what did not help", () => {
    const bad = and(
      proven,
      "03:20:00",
      fact("helped", { change: "m1", verdict: "no-effect", why: "burn $131.2", measurements: [] }, "cost-spike/clamp"),
    );
    expect(written(bad)).toContain("m1 (token-clamp) had no effect: burn $131.2.");
  });
});

describe("M04, M05: a team's own template", () => {
  const mine = (text: string) => () => renderPostmortem(told(begun), { followUps, template: text, name: "mine.hbs" });
  const message = (text: string) => {
    try {
      mine(text)();
    } catch (thrown) {
      if (thrown instanceof UserError) return thrown.what;
      throw thrown;
    }
    return "";
  };

  it("counts its own parts", () => {
    const { markdown, parts, full } = mine(
      "# {{text title}}\n\n## A\n\n{{text id}}\n\n## B\n\n> **TODO (person):** why?\n",
    )();
    expect(markdown).toContain("# Cost spike");
    expect([parts, full]).toEqual([2, 1]);
  });

  it("names a field that does not exist, with its place", () => {
    expect(message("# x\n\n{{text ownr}}")).toContain("mine.hbs:3:1: nothing is called so in {{text ownr}}");
    expect(message("{{#each notes2}}{{/each}}")).toContain("mine.hbs:1:1");
    expect(message("{{#if a}}{{/if}}")).toContain("mine.hbs:1:1");
  });

  it("refuses values without an escape, other helpers and partials", () => {
    expect(message("{{title}}")).toContain("say how a value is escaped");
    expect(message("{{{title}}}")).toContain("say how a value is escaped");
    expect(message('{{lookup this "constructor"}}')).toContain("say how a value is escaped");
    expect(message("{{#with title}}{{text this}}{{/with}}")).toContain("only {{#if x}} and {{#each x}} exist");
    expect(message("{{> evil}}")).toContain("only values");
    expect(message("{{#if id}}")).toContain("mine.hbs:");
  });

  it("reaches no prototype, and no field that is only inherited", () => {
    for (const path of [
      "constructor",
      "this.constructor.name",
      "__proto__",
      "notes.constructor",
      "toString",
      "../constructor",
      "this.__proto__.x",
      "[constructor]",
      "@root.constructor",
    ])
      expect(message(`{{text ${path}}}`), path).toContain("mine.hbs:1:1");
  });

  it("calls nothing: no helper in a helper, no option, no literal, no decorator, no raw block", () => {
    const said: unknown[] = [];
    const { log } = console;
    console.log = (...words) => said.push(words);
    try {
      for (const text of [
        '{{text (lookup this "title")}}',
        '{{text (log "owned")}}',
        '{{#each (lookup this "notes")}}{{/each}}',
        "{{text title more=id}}",
        "{{#each notes as |note|}}{{text note}}{{/each}}",
        '{{text "made up"}}',
        "{{text 42}}",
        "{{text @index}}",
        "{{* owned}}",
        "{{#*inline 'x'}}{{/inline}}",
        "{{#> layout}}{{/layout}}",
        "{{{{raw}}}}{{{{/raw}}}}",
        '{{#with (string.split "x")}}{{/with}}',
        "{{owned title}}",
        "{{#owned title}}{{/owned}}",
        "{{> mine}}",
      ])
        expect(message(text), text).toMatch(/^mine\.hbs:1:\d+: /);
    } finally {
      console.log = log;
    }
    expect(said).toEqual([]);
  });

  it("ends, however often it repeats and however deep it is nested", () => {
    const lists = Object.fromEntries(
      ["a", "b", "c", "d"].map((name) => [name, Array.from({ length: 100 }, () => ({}))]),
    );
    const all = "{{#each a}}{{#each ../b}}{{#each ../../c}}{{#each ../../../d}}x{{/each}}{{/each}}{{/each}}{{/each}}";
    expect(() => fill(all, "mine.hbs", lists)).toThrow("mine.hbs:1:43: this repeats too often");
    expect(message("{{#each ../../x}}{{/each}}")).toContain("mine.hbs:1:1: a ../ leads out of the whole");
    const deep = 2000;
    expect(message("{{#if id}}".repeat(deep) + "{{/if}}".repeat(deep))).toContain("nested too deep");
    expect(message("x".repeat(70_000))).toContain("at most 64 kB");
  });
});
