import { branchesOf } from "./grammar.ts";
import { factsShape, type Shape } from "./shape.ts";

/** One mention of a field. */
export interface Field {
  /** as written: "../title" */
  name: string;
  loc: hbs.AST.SourceLocation;
  /** the helper it is given to: "text", "each" */
  to: string;
  /** undefined: nothing is called so */
  is: Shape | undefined;
  /** names that could stand here */
  near: string[];
  /** it stands where `{{#if}}` has seen that it is there */
  sure: boolean;
}

/** Every field that a template names, in its order. What stands in an `{{#each}}` over something unknown is left out. */
export function fieldsIn(program: hbs.AST.Program): Field[] {
  return walk(program, [factsShape], new Set());
}

/** `above`: what is looked at, the innermost last. `sure`: fields that are there, by their level and name. */
function walk(program: hbs.AST.Program, above: readonly Shape[], sure: ReadonlySet<string>): Field[] {
  return program.body.flatMap((statement): Field[] => {
    if (statement.type !== "MustacheStatement" && statement.type !== "BlockStatement") return [];
    const { path, params } = statement as hbs.AST.MustacheStatement;
    const given = params[0] as hbs.AST.PathExpression;
    const to = (path as hbs.AST.PathExpression).original;
    const level = above.length - 1 - given.depth;
    const key = `${level}:${given.parts.join(".")}`;
    const here = above[level];
    const is = here === undefined ? undefined : shapeAt(here, given.parts);
    const near = here === undefined ? [] : namesIn(shapeAt(here, given.parts.slice(0, -1)));
    const field = { name: given.original, loc: given.loc, to, is, near, sure: sure.has(key) };
    if (statement.type === "MustacheStatement") return [field];
    const block = statement as hbs.AST.BlockStatement;
    const [whole, otherwise] = branchesOf(block);
    if (to === "if")
      return [
        field,
        ...walk(whole!, above, new Set([...sure, key])),
        ...(otherwise === undefined ? [] : walk(otherwise, above, sure)),
      ];
    return Array.isArray(is) ? [field, ...walk(whole!, [...above, (is as readonly [Shape])[0]], sure)] : [field];
  });
}

function shapeAt(shape: Shape, parts: readonly string[]): Shape | undefined {
  let at: Shape | undefined = shape;
  for (const part of parts) {
    if (typeof at === "string" || at === undefined) return undefined;
    if (Array.isArray(at)) at = part === "length" ? "text" : undefined;
    else at = Object.hasOwn(at, part) ? (at as { [name: string]: Shape })[part] : undefined;
  }
  return at;
}

function namesIn(shape: Shape | undefined): string[] {
  return typeof shape === "object" && !Array.isArray(shape) ? Object.keys(shape) : [];
}
