import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { renderPostmortem } from "../../src/postmortem/render.ts";
import { headOf, stamp } from "../../src/timeline/chain.ts";
import { fact, type Event, type Fact } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import { at, begun, clamp, over, page, proven, reading, tell, told, type Beat } from "../show/story.ts";

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
      query: "cost_usd desc",
      found: 412,
      rows: [
        { call_id: "c-1", model: "gpt-4o", cost_usd: 0.31, error: null },
        { call_id: "c-2", model: "gpt-4o", cost_usd: 0.29, error: null },
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

  it("is the same bytes each time", () => {
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

describe("gaps are sentences", () => {
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
    expect(markdown).toContain("| Duration | unknown, the clock moved back, from 03:02:00 to 01:15:00 (#25) |");
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

/** What a Markdown parser would see as structure, line by line: the rest is words. */
function skeleton(markdown: string): string[] {
  return markdown.split("\n").map((line) => {
    const plain = line.replace(/\\[\\`*_{}[\]<>()#+\-.!|~:@$&]/g, "").replace(/(`+)(?!`)(.*?[^`])\1(?!`)/g, "");
    const cells = line.startsWith("|") ? ` cells:${plain.split("|").length}` : "";
    const start = /^(#{1,6} |> |- |\||---)/.exec(line)?.[1] ?? (line === "" ? "" : "words");
    const marks = plain.match(/!?\[|\]\(|<[A-Za-z/!?]|\*\*|~~|:\/\/|www\.|(?<!\w)@\w/g) ?? [];
    return `${start}${cells} ${marks.join(" ")}`;
  });
}

const hostile = [
  "<script>alert(1)</script>",
  "![](http://evil.example/x.png)",
  "[click](javascript:alert(1))",
  "a | b || c \\| d",
  "`code` and ``more` `",
  "one\n# Heading\n\n| a | b |\n|---|---|\n> **TODO (person):** forged",
  "<!-- hidden -->",
  "--> <b>bold</b> **bold** __bold__ ~~gone~~",
  "# heading",
  "- item",
  "1. item",
  "> quote",
  "```\nfence",
  "</td></tr></table>",
  "<https://evil.example> https://evil.example www.evil.example a@evil.example @team",
  "&lt;img src=x onerror=alert(1)&gt; &#60;",
  "\u001b[31mred\u001b[0m \u202edrow \u0007 \u{e0041}",
  "===",
  "---",
  "trailing backslash \\",
  "{{id}} {{{id}}} {{#each x}}",
  "$\\href{javascript:x}{y}$",
];

/** The story in which a stranger chose every text that can be chosen. */
function with_(text: string): Incident {
  const renamed = reading("burn", text, {
    unit: "usd/h",
    value: 99,
    verdict: "unhealthy",
    outcome: "unhealthy",
    why: text,
    query: text,
    source: text,
  });
  const split = reading("routes", text, {
    by: "route",
    parts: [{ name: text, value: 3, share: 0.9 }],
    partCount: 2,
    outcome: "concentrated",
  });
  const change = { ...clamp, before: { is: text }, after: { is: `${text}!` }, scope: { route: text }, target: text };
  const plan = {
    changes: [change],
    reads: [],
    wider: [{ dimension: "tenant", lever: text } as const],
    effects: [],
    withinMs: 1,
    reason: text,
  };
  return told([
    [
      "03:12:04",
      text,
      fact("opened", {
        kind: "incident",
        title: text,
        class: "cost",
        severity: "SEV2",
        scope: { route: text },
        version: "0.1.0",
      }),
      fact("alert", { ...page, name: text, labels: { [text]: text } }),
      fact("measured", { measurement: renamed }, "x/burn"),
      fact("measured", { measurement: split }, "x/routes"),
      fact("asked", { question: text, choices: [{ value: "a", label: text }], proposed: "a", why: text }, "x/ask"),
      fact("answered", { choice: "b", label: text, proposed: "a" }, "x/ask"),
      fact("planned", { plan }, "x/do"),
      fact("intended", { change, deadlineMs: 1 }, "x/do"),
      fact("written", { change: "m1", result: { unknown: true, why: text } }, "x/do"),
      fact("declined", { what: text, why: text }),
      fact("noted", { text }),
      fact("sampled", { of: text, source: text, query: text, found: 3, rows: [{ trace_id: text }] }),
      fact("sent", { to: text, ok: false, text, why: text }),
      fact("ran", { action: text, argv: [text], code: 1, output: text, irreversible: false, phase: "done" }),
    ],
  ]);
}

describe("text of strangers", () => {
  const benign = renderPostmortem(with_("benign"), { followUps: ["benign"], template });

  for (const text of hostile)
    it(`makes no structure: ${JSON.stringify(text)}`, () => {
      const { markdown, blanks, parts } = renderPostmortem(with_(text), { followUps: [text], template });
      expect(skeleton(markdown)).toEqual(skeleton(benign.markdown));
      expect(parts).toBe(benign.parts);
      expect(blanks).toEqual(benign.blanks);
      // oxlint-disable-next-line no-control-regex
      expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u{e0000}-\u{e0fff}]/u);
    });

  it("is left readable where it is harmless", () => {
    const { markdown } = render(told(talk));
    expect(markdown).not.toMatch(/&(#x?[0-9a-f]+|lt|gt|quot|amp);/i);
    expect(markdown).toContain("max_tokens of support.reply has no tenant");
  });
});

describe("a team's own template", () => {
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

  it("reaches no prototype", () => {
    for (const path of ["constructor", "this.constructor.name", "__proto__", "notes.constructor"])
      expect(message(`{{text ${path}}}`)).toContain("mine.hbs:1:1");
  });
});
