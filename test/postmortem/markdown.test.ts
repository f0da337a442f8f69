import { readFileSync } from "node:fs";
import { parsers } from "prettier/plugins/markdown";
import { describe, expect, it } from "vitest";
import { corpus } from "../hostile/corpus.ts";
import { faultIn } from "../hostile/inspect.ts";
import { renderPostmortem } from "../../src/postmortem/render.ts";
import { strangers } from "./strangers.ts";

const template = readFileSync(new URL("../../templates/postmortem.md.hbs", import.meta.url), "utf8");

interface Node {
  type: string;
  position: { start: { offset: number }; end: { offset: number } };
  children?: Node[];
}

/** What a parser of GitHub's Markdown makes of it, without the words: kinds of nodes, nested. */
function skeleton(markdown: string): unknown {
  const words = new Set(["text", "inlineCode"]);
  const bones = ({ type, children = [] }: Node): unknown => [
    type,
    ...children.filter((child) => !words.has(child.type)).map(bones),
  ];
  return bones(parse(markdown));
}

/** By the parser of prettier, which knows what GitHub adds to CommonMark. */
function parse(markdown: string): Node {
  return (parsers["markdown"] as { parse(text: string, options: object): Node }).parse(markdown, {});
}

/** What that parser does not know: links that GitHub finds by itself, and whom it tells. */
const found = /(?<![\w`\\/])@(?=[\w])|\w@(?=\w)|(https?|ftp):\/\/|\bwww\.(?=\w)/gi;

/** The text without its code spans, as the parser sees them. */
function withoutCode(markdown: string): string {
  const spans: [from: number, to: number][] = [];
  const look = ({ type, position, children = [] }: Node) => {
    if (type === "inlineCode") spans.push([position.start.offset, position.end.offset]);
    children.forEach(look);
  };
  look(parse(markdown));
  return spans.reduceRight((text, [from, to]) => text.slice(0, from) + text.slice(to), markdown);
}

function report(say: () => string) {
  return renderPostmortem(strangers(say), { followUps: [say()], template });
}

/** Texts that are not blank: an empty cell is no structure either, but an empty item has no paragraph. */
const texts = corpus.map(({ text }) => text).filter((text) => /[\S\0]/.test(text));

function mixed(n: number): () => string {
  let at = n * 17;
  return () => texts[at++ % texts.length]!;
}

describe("M01, M02: text of strangers is words in the postmortem", () => {
  const tame = report(() => "tame");
  const bones = skeleton(tame.markdown);
  const left = (markdown: string) => withoutCode(markdown).match(found) ?? [];

  it("the parser sees what would be markup", () => {
    for (const text of [
      "<b>x</b>",
      "[x](y)",
      "https://evil.example",
      "![](x)",
      "# x",
      "- x",
      "|x|y|\n|-|-|\n",
      "**x**",
      "~~x~~",
    ])
      expect(skeleton(tame.markdown.replace("Left out here", text)), text).not.toEqual(bones);
  });

  // each text in several places, beside others; `npm run torture` has every text in every place
  it.each(Array.from({ length: 40 }, (_, n) => n))("report %i", (n) => {
    const { markdown, blanks, parts } = report(mixed(n));
    expect(skeleton(markdown)).toEqual(bones);
    expect(left(markdown)).toEqual(left(tame.markdown));
    expect({ blanks, parts }).toEqual({ blanks: tame.blanks, parts: tame.parts });
    expect(faultIn(markdown)).toBeUndefined();
  });

  it("is left readable where it is harmless: no entities, no needless backslash", () => {
    const plain = 'a=b, "q", it\'s 3 < 4 & 5 > 2, snake_case, {x}, (y), 50%, $5, a-b, x+y, #3: AT&T!';
    expect(report(() => plain).markdown).toContain(`| ${plain} |`);
  });

  it("is the same bytes each time", () => {
    expect(report(mixed(1)).markdown).toBe(report(mixed(1)).markdown);
  });
});
