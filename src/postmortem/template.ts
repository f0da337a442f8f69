import Handlebars from "handlebars";
import { exit, messageOf, UserError } from "../errors.ts";
import { code, codeCell, text } from "./escape.ts";

const escapes = { text, code, codeCell };
const blocks = ["if", "each"];

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

  const top: Place = { start: { line: 1, column: 0 } };
  if (template.length > longest) throw fail(top, `a template has at most ${longest / 1024} kB`);
  if (depthOf(template) > deepest) throw fail(top, "the blocks are nested too deep");
  try {
    const program = handlebars.parse(template);
    check(program, fail);
    const knownHelpers = Object.fromEntries([...Object.keys(escapes), ...blocks].map((helper) => [helper, true]));
    return handlebars.compile(program, {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers,
    })(facts);
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    if (thrown instanceof TypeError) throw fail(top, "a ../ leads out of the whole");
    const line = /line (\d+)|- (\d+):/
      .exec(messageOf(thrown))
      ?.slice(1)
      .find((found) => found !== undefined);
    throw fail(
      { start: { line: Number(line ?? 1), column: 0 } },
      "the template cannot be read from here: is a {{ or a {{#…}} left open, or closed twice?",
    );
  }
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

function check(program: hbs.AST.Program, fail: (at: Place, what: string) => UserError): void {
  for (const statement of program.body) {
    switch (statement.type) {
      case "ContentStatement":
      case "CommentStatement":
        break;
      case "MustacheStatement": {
        const { path, loc } = statement as hbs.AST.MustacheStatement;
        if (!isNamed(path, Object.keys(escapes)) || !isOnePath(statement as hbs.AST.MustacheStatement))
          throw fail(loc, "say how a value is escaped: {{text x}}, {{code x}} or, in a table, {{codeCell x}}");
        break;
      }
      case "BlockStatement": {
        const block = statement as hbs.AST.BlockStatement;
        if (!isNamed(block.path, blocks) || !isOnePath(block) || block.program.blockParams !== undefined)
          throw fail(block.loc, "only {{#if x}} and {{#each x}} exist");
        check(block.program, fail);
        if ((block.inverse as hbs.AST.Program | undefined) !== undefined) check(block.inverse, fail);
        break;
      }
      default:
        throw fail(statement.loc, "only values, {{#if x}}, {{#each x}} and comments exist");
    }
  }
}

/** One field by its name: no further helper, no option, nothing made up. */
function isOnePath({ params, hash }: { params: hbs.AST.Expression[]; hash?: hbs.AST.Hash | undefined }): boolean {
  const [only, ...more] = params;
  return (
    only?.type === "PathExpression" &&
    !(only as hbs.AST.PathExpression).data &&
    more.length === 0 &&
    !hash?.pairs.length
  );
}

function isNamed(path: hbs.AST.Expression, names: string[]): boolean {
  return path.type === "PathExpression" && names.includes((path as hbs.AST.PathExpression).original);
}
