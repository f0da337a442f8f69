import type { Expression } from "../expression.ts";
import type { Place } from "../rule.ts";
import { bare, isComparison, partsOf, type BinaryPart, type Part } from "./parts.ts";

/** What a part without any series comes to: `60 * 60` is 3600; what has a sign is left alone. */
export function numberOf(part: Part): number | undefined {
  if (part.kind === "number") return part.value;
  if (part.kind === "brackets") return numberOf(part.of);
  if (part.kind !== "binary") return undefined;
  const left = numberOf(part.left);
  const right = left === undefined ? undefined : numberOf(part.right);
  return left === undefined || right === undefined ? undefined : count(left, part.op, right);
}

function count(left: number, operator: string, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "^":
      return left ** right;
  }
  return undefined;
}

/** Something that is measured against a number. */
export interface Compared {
  value: Part;
  /** as if the number stood on the right */
  operator: string;
  number: number;
  /** where the number is; undefined: in `healthy` */
  at?: Part;
}

/** Where the number stands. */
export function placeOf(query: Expression, { at }: Compared): Place {
  return at === undefined ? { path: [...query.path.slice(0, -1), "healthy"] } : { from: at.from, to: at.to };
}

const turned: Record<string, string> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=" };

/** A comparison of a vector with a number. */
export function comparedWith(binary: BinaryPart): Compared | undefined {
  if (!isComparison(binary)) return undefined;
  const { left, right, op } = binary;
  const [before, after] = [numberOf(left), numberOf(right)];
  if (after !== undefined && before === undefined) return { value: left, operator: op, number: after, at: right };
  if (before !== undefined && after === undefined)
    return { value: right, operator: turned[op]!, number: before, at: left };
  return undefined;
}

/** Everything in a query that is compared with a number, and the whole of it where `healthy` is a bound. */
export function comparisonsIn(query: Expression): Compared[] {
  const parts = partsOf(query);
  if (parts === undefined) return [];
  const written = parts.binaries.flatMap((binary) => comparedWith(binary) ?? []);
  if (query.healthy?.kind !== "bound") return written;
  return [...written, { value: parts.whole, ...query.healthy.bound }];
}

/** A part that is multiplied or divided by numbers, and by how much in all. */
export function scaled(given: Part): { part: Part; factor: number } {
  let part = bare(given);
  let factor = 1;
  while (part.kind === "binary" && (part.op === "*" || part.op === "/")) {
    const right = numberOf(part.right);
    const left = right === undefined && part.op === "*" ? numberOf(part.left) : undefined;
    if (right !== undefined) factor *= part.op === "*" ? right : 1 / right;
    else if (left !== undefined) factor *= left;
    else break;
    part = bare(right === undefined ? part.right : part.left);
  }
  return { part, factor };
}
