import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runbookShow } from "../../../src/commands/runbookShow.ts";
import { parse } from "../../../src/program.ts";
import { run } from "../../../src/run.ts";
import { parseRunbook } from "../../../src/runbook/parse.ts";
import type { Runbook } from "../../../src/runbook/runbook.ts";
import { flowchart } from "../../../src/show/mermaid.ts";
import { runbookAsMarkdown } from "../../../src/show/runbook.ts";
import { treeOf } from "../../../src/show/runbookTree.ts";
import { endsOf, sayStep } from "../../../src/show/runbookWords.ts";
import { stepKinds } from "../../../src/steps/index.ts";
import { mermaidIsMissing, readMermaid, renderMarkdown } from "../../parts/mermaid.ts";
import { fakeWorld } from "../../fake/world.ts";

const everything = readFileSync("test/show/runbook/everything.yaml", "utf8");
const shipped = readdirSync("runbooks").filter((file) => file.endsWith(".yaml") && !file.endsWith(".test.yaml"));

function read(text: string): Runbook {
  const { runbook, findings } = parseRunbook(text, "x.yaml");
  expect(findings).toEqual([]);
  return runbook!;
}

function drawn(runbook: Runbook): string {
  const { nodes, arrows } = treeOf(runbook);
  return flowchart(nodes, arrows)!;
}

async function llmops(...argv: string[]) {
  const world = fakeWorld({ files: { "llmops.yaml": "runbooks: books\n", "books/everything.yaml": everything } });
  const asked = parse(argv, [runbookShow]);
  if ("print" in asked) throw new Error(asked.print);
  const code = await run(asked, world);
  return { code, output: world.terminal.output, screen: world.terminal.screen };
}

describe("llmops runbook show", () => {
  it("prints Markdown with the tree, for people and programs alike", async () => {
    const { code, output, screen } = await llmops("runbook", "show", "everything");
    expect({ code, screen }).toEqual({ code: 0, screen: "" });
    await expect(output).toMatchFileSnapshot("everything.md");
  });

  it("prints the tree alone", async () => {
    const { output } = await llmops("runbook", "show", "everything", "--format", "mermaid");
    expect(`${output}`).toBe(`${drawn(read(everything))}\n`);
  });

  it("prints the runbook as it is read, with what each step can end in", async () => {
    const { output } = await llmops("runbook", "show", "everything", "--json");
    const { steps, ...rest } = JSON.parse(output) as { steps: { id: string; outcomes: string[] }[]; severity: string };
    expect(rest).toMatchObject({ id: "everything", severity: "SEV1", file: "/home/dana/shop/books/everything.yaml" });
    expect(steps.find(({ id }) => id === "who")!.outcomes).toEqual(["picked", "none"]);
  });

  it("names the others when there is no such runbook", async () => {
    const { code, screen } = await llmops("runbook", "show", "everythin");
    expect(code).toBe(2);
    expect(screen).toContain("did you mean everything?");
  });

  it.each(stepKinds.map(({ kind }) => kind))("has words for the step %s", (kind) => {
    const runbook = read(everything);
    const step = runbook.steps.find((one) => one.kind === kind)!;
    expect(sayStep(step, endsOf(runbook)).join("")).not.toBe("");
  });
});

describe("the tree", () => {
  const arrows = (steps: string) => {
    const runbook = read(
      `id: a\ntitle: A\nclass: cost\nseverity: SEV2\nsummary: S\nevidence: { burn: cost_per_hour }\nsteps:\n${steps}`,
    );
    return treeOf(runbook).arrows.map(({ from, to, says }) => `${from} > ${to}${says === "" ? "" : `: ${says}`}`);
  };
  const ask = "  - { id: c, title: C, ask: { question: Q, choices: { x: X, y: Y, z: Z } } }\n";

  it("leads from what decides last, with what must hold beside it", () => {
    const more =
      "  - { id: d, title: D, instruct: D }\n  - { id: e, title: E, when: { c: x, d: done, burn: healthy }, instruct: E }\n";
    expect(arrows(ask + more)).toEqual(["s1 > s2", "s2 > s3: done, and c x, and burn healthy"]);
  });

  it("lets steps of one condition follow one another, and says many outcomes by those that are missing", () => {
    const more =
      "  - { id: d, title: D, when: { c: [x, y] }, instruct: D }\n  - { id: e, title: E, when: { c: [x, y] }, instruct: E }\n";
    expect(arrows(ask + more)).toEqual(["s1 > s2: not z", "s2 > s3"]);
  });

  it("begins at evidence that decides by itself, and joins what leads to one step", () => {
    const more = "  - { id: d, title: D, when: { any: [{ burn: unhealthy }, { c: x }, { c: y }] }, instruct: D }\n";
    expect(arrows(ask + more)).toEqual(["e1 > s2: unhealthy", "s1 > s2: x, or y"]);
  });

  it("is not drawn where Mermaid would refuse it for its size, and the Markdown says so", () => {
    const steps = Array.from(
      { length: 600 },
      (_, n) =>
        `  - { id: d${n}, title: D, when: { c: x, burn: [healthy, ${n % 2 === 0 ? "error" : "no-data"}] }, instruct: D }\n`,
    );
    const wide = read(
      `${everything.split("steps:")[0]}steps:\n${ask}${steps.map((one, n) => one.replace("c: x", n === 0 ? "c: x" : `d${n - 1}: done`)).join("")}`,
    );
    expect(treeOf(wide).arrows.length).toBeGreaterThan(500);
    expect(runbookAsMarkdown(wide)).toContain("too large to be drawn");
  });
});

const hostile = [
  '"] x["',
  '"|x|"',
  "```",
  "\n```\n# heading",
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "#quot; #35; &quot; &lt;b&gt;",
  "a|b|c",
  "[x](javascript:alert(1))",
  "![x](https://example.com/x.png)",
  "1. one",
  "- two",
  "# three",
  "`code` **bold** _it_ ~~no~~",
  '%%{init: {"theme": "dark"}}%%',
  'click s1 "javascript:alert(1)"',
  "; s1 --> s9",
  "end",
  "subgraph x",
  "😀 ünïcödé 日本",
  "\u202Egnp.exe \u001b[31m",
  "@team https://example.com",
  "$$x$$",
];

describe.skipIf(mermaidIsMissing)(`Mermaid's own parser${mermaidIsMissing ? " (skipped: not installed)" : ""}`, () => {
  it.each(shipped)("reads %s as it was meant", async (file) => {
    const runbook = read(readFileSync(`runbooks/${file}`, "utf8"));
    const { nodes, arrows } = treeOf(runbook);
    const { boxes, arrows: seen } = await readMermaid(drawn(runbook));
    expect(boxes.map(({ id }) => id)).toEqual(nodes.map(({ id }) => id));
    expect(boxes.map(({ text }) => text)).toEqual(nodes.map(({ lines }) => lines.join("<br/>")));
    expect(seen).toEqual(arrows.map(({ from, to, says }) => ({ from, to, text: says })));
  });

  it("M01: shows hostile text as it stands, in boxes and on arrows, and draws nothing else", async () => {
    const text = flowchart(
      hostile.map((one, n) => ({ id: `s${n}`, lines: [one], shape: n % 2 === 0 ? "question" : "change" })),
      hostile.map((one, n) => ({ from: "s0", to: `s${n}`, says: one })),
    )!;
    const { boxes, arrows } = await readMermaid(text);
    expect(boxes).toEqual(hostile.map((one, n) => ({ id: `s${n}`, text: shown(one) })));
    expect(arrows).toEqual(hostile.map((one, n) => ({ from: "s0", to: `s${n}`, text: shown(one) })));
    expect(text).not.toMatch(/[`<>]{1}(?!br\/>)(?<!<br\/>)(?<!-->)/);
  });

  it("would refuse what is not escaped", async () => {
    await expect(readMermaid('flowchart TD\n  s1["say "no"]')).rejects.toThrow("Parse error on line 2");
  });

  it("M01: hostile text makes no link, image, HTML, heading or fence in the Markdown either", async () => {
    const [first] = hostile;
    const all = hostile.map((one) => JSON.stringify(one));
    const more = (key: string, list: string[]) => `${key}: [${list.join(", ")}]\n`;
    const markdown = runbookAsMarkdown(
      read(
        `id: a\ntitle: ${JSON.stringify(first)}\nclass: cost\nseverity: SEV2\nsummary: ${all[8]}\nowner: ${all[4]}\n` +
          more("alerts", all) +
          `evidence: {${all.map((one, n) => `e${n}: { promql: ${one} }`).join(", ")}}\n` +
          `steps:\n${all
            .map(
              (one, n) =>
                `  - { id: s${n}, title: ${one}, ask: { question: ${one}, choices: { x: ${one}, y: Y } } }\n` +
                `  - { id: t${n}, title: ${one}, instruct: ${one} }\n`,
            )
            .join("")}` +
          more("follow_ups", all),
      ),
    );
    const html = await renderMarkdown(markdown);
    const tags = new Set([...html.matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag));
    expect([...tags].toSorted((a, b) => (a! < b! ? -1 : 1))).toEqual([
      "code",
      "h1",
      "h2",
      "li",
      "ol",
      "p",
      "pre",
      "strong",
      "table",
      "tbody",
      "td",
      "th",
      "thead",
      "tr",
      "ul",
    ]);
    expect([...html.matchAll(/<h[12]>/g)]).toHaveLength(5);
    expect([...html.matchAll(/<pre>/g)]).toHaveLength(1);
    expect(html).not.toMatch(/[\u202E\u001b]/);
  });
});

/** What a person sees: one line, control characters spelled out. */
function shown(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace("\u202E", "\\u202e").replace("\u001b", "\\u001b");
}
