/** How each of them makes a value harmless is told in markdown.ts. */
export const escapeNames: readonly string[] = ["text", "code", "codeCell"];
const blocks: readonly string[] = ["if", "each"];
export const helperNames: readonly string[] = [...escapeNames, ...blocks];

/** What a template may not say, and where. */
export interface Wrong {
  loc: hbs.AST.SourceLocation;
  what: string;
}

/** All that stands in a template beside values, `{{#if x}}`, `{{#each x}}` and comments. */
export function wrongIn(program: hbs.AST.Program): Wrong[] {
  return program.body.flatMap((statement): Wrong[] => {
    switch (statement.type) {
      case "ContentStatement":
      case "CommentStatement":
        return [];
      case "MustacheStatement": {
        const { path, loc } = statement as hbs.AST.MustacheStatement;
        if (isNamed(path, escapeNames) && isOnePath(statement as hbs.AST.MustacheStatement)) return [];
        const what = "say how a value is escaped: {{text x}}, {{code x}} or, in a table, {{codeCell x}}";
        return [{ loc, what }];
      }
      case "BlockStatement": {
        const block = statement as hbs.AST.BlockStatement;
        const inside = branchesOf(block).flatMap(wrongIn);
        if (isNamed(block.path, blocks) && isOnePath(block) && block.program.blockParams === undefined) return inside;
        return [{ loc: block.loc, what: "only {{#if x}} and {{#each x}} exist" }, ...inside];
      }
      default:
        return [{ loc: statement.loc, what: "only values, {{#if x}}, {{#each x}} and comments exist" }];
    }
  });
}

/** What is said if it is so, and if it is not. */
export function branchesOf({ program, inverse }: hbs.AST.BlockStatement): hbs.AST.Program[] {
  return [program, inverse as hbs.AST.Program | undefined].filter((one) => one !== undefined);
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

function isNamed(path: hbs.AST.Expression, names: readonly string[]): boolean {
  return path.type === "PathExpression" && names.includes((path as hbs.AST.PathExpression).original);
}
