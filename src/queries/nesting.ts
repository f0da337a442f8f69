import type { BinaryPart, Part, SignPart } from "./part.ts";

/** How strongly an operator binds; a sign binds like "*". */
function strength(op: string): number {
  switch (op) {
    case "or":
      return 1;
    case "and":
    case "unless":
      return 2;
    case "+":
    case "-":
      return 4;
    case "*":
    case "/":
    case "%":
    case "atan2":
      return 5;
    case "^":
      return 6;
    default:
      return 3;
  }
}

/**
 * The grammar lets `[5m]`, `offset` and `@` bind weaker than any operator, so in `a + b[5m] * c` all of `a + b[5m]` arrives
 * as the left side: the operator goes down to the operand that is really its own. Parts that were just read are changed.
 */
export function nest(part: BinaryPart): Part {
  const own = strength(part.op);
  const isWeaker = (other: BinaryPart | SignPart) => {
    const bound = strength(other.kind === "sign" ? "*" : other.op);
    return bound < own || (bound === own && part.op === "^");
  };
  return onRightmost(part.left, isWeaker, (left) => {
    part.left = left;
    part.from = left.from;
    return typed(part);
  });
}

/** `part[5m]`, `part offset 5m` and the like belong to the last operand. */
export function behind(part: Part, make: (operand: Part) => Part): Part {
  return onRightmost(part, () => true, make);
}

/** Replaces the operand at the right end, going down through operators for which `through` holds. */
function onRightmost(part: Part, through: (part: BinaryPart | SignPart) => boolean, make: (part: Part) => Part): Part {
  const above: (BinaryPart | SignPart)[] = [];
  let end = part;
  while ((end.kind === "binary" || end.kind === "sign") && through(end)) {
    above.push(end);
    end = end.kind === "binary" ? end.right : end.of;
  }
  let made = make(end);
  for (let one = above.pop(); one !== undefined; one = above.pop()) {
    if (one.kind === "sign") one.of = made;
    else one.right = made;
    one.to = made.to;
    made = typed(one);
  }
  return made;
}

function typed<P extends BinaryPart | SignPart>(part: P): P {
  if (part.kind === "sign") part.type = part.of.type;
  else part.type = part.left.type === "scalar" && part.right.type === "scalar" ? "scalar" : "instant vector";
  return part;
}
