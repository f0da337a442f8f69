import Handlebars from "handlebars";
import { exit, messageOf, UserError } from "../errors.ts";
import { shorten } from "../harmless.ts";
import { code, codeCell, text } from "./escape.ts";

const escapes = { text, code, codeCell };
const blocks = ["if", "each"];

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
    return (list as unknown[]).map((one) => options.fn(one)).join("");
  });

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
    const line = Number(
      /line (\d+)|- (\d+):/
        .exec(messageOf(thrown))
        ?.slice(1)
        .find((found) => found !== undefined) ?? 1,
    );
    throw fail({ start: { line, column: 0 } }, `the template cannot be filled: ${shorten(messageOf(thrown), 200)}`);
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

function check(program: hbs.AST.Program, fail: (at: Place, what: string) => UserError): void {
  for (const statement of program.body) {
    switch (statement.type) {
      case "ContentStatement":
      case "CommentStatement":
        break;
      case "MustacheStatement": {
        const { path, params, loc } = statement as hbs.AST.MustacheStatement;
        if (!isNamed(path, Object.keys(escapes)) || params.length !== 1)
          throw fail(loc, "say how a value is escaped: {{text x}}, {{code x}} or, in a table, {{codeCell x}}");
        break;
      }
      case "BlockStatement": {
        const block = statement as hbs.AST.BlockStatement;
        if (!isNamed(block.path, blocks) || block.params.length !== 1)
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

function isNamed(path: hbs.AST.Expression, names: string[]): boolean {
  return path.type === "PathExpression" && names.includes((path as hbs.AST.PathExpression).original);
}
