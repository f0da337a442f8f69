import Handlebars from "handlebars";
import { exit, messageOf, UserError } from "../errors.ts";
import { code, codeCell, text } from "../markdown.ts";
import { helperNames, wrongIn } from "./grammar.ts";

const escapes = { text, code, codeCell };

/** How often the blocks of one template may repeat, taken together: the longest timelines have room, no template runs on. */
const mostRounds = 1_000_000;

/** Handlebars needs time that grows with the square of these; ours has 6 kB and 2 levels. */
const longest = 64 * 1024;
const deepest = 20;

/**
 * Fills a Handlebars template. Only `{{text x}}`, `{{code x}}`, `{{codeCell x}}`, `{{#if x}}` and `{{#each x}}` exist:
 * every value is escaped for its place, and a field that does not exist is an error with its line.
 */
export function fill(template: string, name: string, facts: object): string {
  const fail = (at: Place, what: string) => {
    const where = `${name}:${at.start.line}:${at.start.column + 1}`;
    return new UserError({
      what: `${where}: ${what}`,
      next: "see templates/postmortem.md.hbs for all that can be said",
      code: exit.usage,
    });
  };
  const handlebars = Handlebars.create();
  let rounds = 0;
  const source = template.split("\n");
  const known = (value: unknown, { loc }: Options) => {
    if (value === undefined) throw fail(loc, `nothing is called so in ${source[loc.start.line - 1]!.trim()}`);
    return value;
  };
  for (const [helper, escape] of Object.entries(escapes))
    handlebars.registerHelper(helper, (value: unknown, options: Options) => {
      const told = known(value, options);
      if (typeof told !== "string" && typeof told !== "number")
        throw fail(options.loc, "this is no text: it needs {{#if x}} or {{#each x}}");
      return escape(String(told));
    });
  handlebars.registerHelper("if", function (this: unknown, value: unknown, options: Options) {
    const truth = known(value, options);
    return truth !== null && truth !== false && !(Array.isArray(truth) && truth.length === 0)
      ? options.fn(this)
      : options.inverse(this);
  });
  handlebars.registerHelper("each", (list: unknown, options: Options) => {
    if (!Array.isArray(known(list, options))) throw fail(options.loc, "each needs a list");
    const each = list as unknown[];
    rounds += each.length;
    if (rounds > mostRounds) throw fail(options.loc, "this repeats too often");
    // Rows are made of many small texts: joined in between, those of the longest timelines need no memory at once.
    const said: string[] = [];
    for (let i = 0; i < each.length; i += 1000)
      said.push(
        each
          .slice(i, i + 1000)
          .map((one) => options.fn(one))
          .join(""),
      );
    return said.join("");
  });

  const parsed = parseTemplate(template);
  if ("what" in parsed) throw fail({ start: { line: parsed.line, column: 0 } }, parsed.what);
  const [wrong] = wrongIn(parsed.program);
  if (wrong !== undefined) throw fail(wrong.loc, wrong.what);
  try {
    return handlebars.compile(parsed.program, {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(helperNames.map((helper) => [helper, true])),
    })(facts);
  } catch (thrown) {
    if (thrown instanceof TypeError) throw fail({ start: { line: 1, column: 0 } }, "a ../ leads out of the whole");
    if (thrown instanceof UserError) throw thrown;
    const at = { start: { line: lineIn(thrown), column: 0 } };
    throw fail(at, "nothing is called so here");
  }
}

/** The tree of a template, or the line (1-based) from which on it cannot be read. */
export function parseTemplate(template: string): { program: hbs.AST.Program } | { line: number; what: string } {
  if (template.length > longest) return { line: 1, what: `a template has at most ${longest / 1024} kB` };
  if (depthOf(template) > deepest) return { line: 1, what: "the blocks are nested too deep" };
  try {
    return { program: Handlebars.parse(template) };
  } catch (thrown) {
    const what = "the template cannot be read from here: is a {{ or a {{#…}} left open, or closed twice?";
    return { line: lineIn(thrown), what };
  }
}

function lineIn(thrown: unknown): number {
  const line = /line (\d+)|- (\d+):/
    .exec(messageOf(thrown))
    ?.slice(1)
    .find((found) => found !== undefined);
  return Number(line ?? 1);
}

interface Place {
  start: { line: number; column: number };
}

interface Options {
  loc: Place;
  fn(context: unknown): string;
  inverse(context: unknown): string;
}

/** Of blocks in blocks, counted without a parser. */
function depthOf(template: string): number {
  let [depth, most] = [0, 0];
  for (const [, sign] of template.matchAll(/\{\{~?(#|\^(?!\s*~?\}\})|\/)/g)) {
    depth += sign === "/" ? -1 : 1;
    most = Math.max(most, depth);
  }
  return most;
}
