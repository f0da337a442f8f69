import { describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { help } from "../../src/commands/help.ts";
import { drawMenu } from "../../src/world/menu.ts";
import { showAnswered } from "../../src/show/question.ts";
import { showQueries } from "../../src/show/queries.ts";
import { UserError } from "../../src/errors.ts";
import { showBug, showProblem } from "../../src/show/problem.ts";
import { isKnown } from "../../src/timeline/fold.ts";
import { fact } from "../../src/timeline/event.ts";
import { setStage, type Stage } from "../scenario/stage.ts";
import { evidence, proven, tell, told } from "../show/story.ts";

const id = "INC-1121-7f3k";
const timeline = tell(proven)
  .map((event) => `${JSON.stringify(event)}\n`)
  .join("");

/** Every view of stdout, by what is typed, with what must be found in it at any width. */
const views: [line: string, ...facts: RegExp[]][] = [
  ["", /m1/, /4096/, /512/],
  ["incident list", /7f3k/],
  ["incident show", /7f3k/, /m1/, /512/],
  [`incident show ${id} --timeline`, /m1/, /512/, /support\.reply/],
  ["mitigation list", /m1/, /512/],
  [`mitigation show m1 --incident ${id}`, /m1/, /4096/, /512/],
  ["runbook list", /cost-spike/, /safety-violation/],
  ["postmortem", /7f3k/, /4096/, /512/],
];

function stageOf(columns: number, unicode = true): Stage {
  return setStage({ columns, unicode, files: { [`.llmops/incidents/${id}/timeline.jsonl`]: timeline } });
}

async function view(line: string, columns: number, unicode?: boolean): Promise<string> {
  const { world, llmops } = stageOf(columns, unicode);
  expect([line, columns, await llmops(...line.split(" ").filter((word) => word !== ""))]).toEqual([line, columns, 0]);
  return world.terminal.output;
}

const same = (text: string) => text;

/** What a view of people's screens looks like without a command. */
const drawn = (columns: number, unicode: boolean): Record<string, string> => {
  const paint = { columns, unicode, style: (_: string, text: string) => text };
  const incident = told([
    ...proven,
    [
      "03:41:00",
      "m.kaya",
      fact(
        "asked",
        { question: "Is it ×2 → or ≤ 3 …?", choices: [{ value: "a", label: "×10.3 → more" }], why: "×10" },
        "a/b",
      ),
      fact("answered", { choice: "a", label: "×10.3 → more" }, "a/b"),
    ],
  ]);
  const answered = incident.events.filter(isKnown).findLast((event) => event.type === "answered")!;
  const keys = { k: "kill switch", m: "mitigate", "?": "more" };
  const menu = { question: "Why ×10?", why: "length ×10.3 → more", choices: [{ value: "a", label: "a → b ×2" }], keys };
  return {
    problem: showProblem(new UserError({ what: "a ≤ b ×2", next: "llmops doctor → more" }), paint, same).join("\n"),
    bug: showBug(new Error("x → y"), "1.0.0", paint, same).join("\n"),
    queries: showQueries(evidence, paint).join("\n"),
    question: showAnswered(answered, incident, paint).join("\n"),
    menu: drawMenu(menu, 0, paint),
  };
};

describe("every view", () => {
  it.each(views)("I10: llmops %s keeps its facts, and its lines, at every width", async (line, ...facts) => {
    for (const columns of [20, 40, 80, 300]) {
      const text = await view(line, columns);
      for (const known of facts) expect([columns, text]).toEqual([columns, expect.stringMatching(known)]);
      if (line !== "postmortem")
        for (const row of text.split("\n")) expect([columns, row, row.length <= columns]).toEqual([columns, row, true]);
    }
  });

  it("I10: what is drawn on stderr keeps its lines at every width", () => {
    const drawnAt = [20, 40, 80, 300].flatMap((columns) =>
      Object.entries(drawn(columns, true)).flatMap(([name, text]) =>
        text.split("\n").map((row) => ({ name, columns, row })),
      ),
    );
    // the terminal itself wraps a menu
    expect(drawnAt.filter(({ name, columns, row }) => name !== "menu" && row.length > columns)).toEqual([]);
  });

  const ascii = /^[\n\x20-\x7e]*$/;

  it.each(views)("I12: llmops %s is ASCII under LANG=C", async (line) => {
    for (const columns of [20, 80]) expect(await view(line, columns, false)).toMatch(ascii);
  });

  it("I12: what is drawn on stderr, and every help, is ASCII under LANG=C", () => {
    for (const text of Object.values(drawn(80, false))) expect(text).toMatch(ascii);
    for (const { name } of commands) expect(help(name, commands)).toMatch(ascii);
  });

  it("I10: every help stays within 80 columns", () => {
    for (const { name } of commands)
      for (const row of help(name, commands).split("\n")) expect(row.length).toBeLessThanOrEqual(80);
  });
});

/** Every command that offers --json, with what it needs to be run. */
const lines: Record<string, string> = {
  "": "",
  "incident list": "",
  "incident start": "cost-spike --answers answers.yaml",
  "incident resume": "",
  "incident show": "",
  "incident check": "",
  "incident ack": "",
  "incident note": "text",
  "incident severity": "SEV1 --reason x",
  "incident resolve": "",
  "incident close": "",
  mitigate: "kill-switch --scope route=search --reason x --yes --wait none",
  "mitigation list": "",
  "mitigation show": "m1",
  "mitigation undo": "m1 --yes",
  "mitigation extend": "m1 --for 30m --reason x",
  "mitigation keep": "m1 --reason x",
  "mitigation audit": "",
  postmortem: "",
  triage: "",
  doctor: "",
  signal: "cost_per_hour",
  query: "metrics up",
  "runbook list": "",
  "runbook show": "cost-spike",
  "runbook lint": "",
  "runbook test": "",
};

describe("--json", () => {
  const offering = commands.filter(({ json }) => json);

  it("is run for every command that offers it", () => {
    expect(Object.keys(lines).sort()).toEqual(offering.map(({ name }) => name).sort());
  });

  const broken: Record<string, Record<string, string>> = {
    "no project": {},
    "a broken project": { "llmops.yaml": "sources: [\n  }" },
    "a wrong project": { "llmops.yaml": "targetz: {}\n" },
    "a damaged timeline": { [`.llmops/incidents/${id}/timeline.jsonl`]: `${timeline.slice(0, 400)}\ngarbage\n` },
    "an incident": { [`.llmops/incidents/${id}/timeline.jsonl`]: timeline },
  };
  const wrong = ["--nonsense", "one two three four five", `--incident NOPE`, "--reason"];

  it.each(offering.map(({ name }) => name))(
    "llmops %s --json says exactly one object, whatever is wrong",
    async (name) => {
      const line = `${name} ${lines[name]}`;
      const typed = [
        ...Object.keys(broken).map((what) => [what, line] as const),
        ...wrong.map((more) => ["an incident", `${line} ${more}`] as const),
      ];
      for (const [what, words] of typed) {
        const files = { "llmops.yaml": "{}", "answers.yaml": "{}", ...broken[what] };
        const { world, llmops } = setStage({ project: "", files });
        const code = await llmops(...words.split(" ").filter((word) => word !== ""), "--json");
        const said = world.terminal.output;
        const object = parsed(said);
        expect([what, words, said, typeof object]).toEqual([what, words, said, "object"]);
        if (object !== null && "error" in object)
          expect([what, words, { ...object, ...(object.error as object) }]).toMatchObject([
            what,
            words,
            { code, what: expect.any(String) },
          ]);
        expect(said).not.toContain("This is a bug");
      }
    },
  );
});

function parsed(text: string): object | null {
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}
