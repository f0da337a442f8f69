import type { Mistake, Span } from "./mistake.ts";
import type { Length, Moved, Part } from "./part.ts";

/** `operand offset 5m` */
export function moveOffset(operand: Part, offset: Length, place: Span, mistakes: Mistake[]): Part {
  if (!isMovable(operand)) {
    mistakes.push({ message: misplaced("offset", operand), ...place });
    return operand;
  }
  if (operand.offset !== undefined) mistakes.push({ message: "a second offset: add them up in one", ...place });
  return { ...operand, offset, to: place.to };
}

/** `operand @ 1700000000` */
export function moveAt(operand: Part, at: NonNullable<Moved["at"]>, mistakes: Mistake[]): Part {
  const place = { from: at.from, to: at.to };
  if (!isMovable(operand)) {
    mistakes.push({ message: misplaced("@", operand), ...place });
    return operand;
  }
  if (operand.at !== undefined) mistakes.push({ message: "a second @: leave one out", ...place });
  // as nanoseconds it must fit into 64 bits; start() and end() have none
  if (at.seconds !== undefined && !(Math.abs(at.seconds) < 2 ** 63))
    mistakes.push({ message: "no such moment: @ is followed by seconds since 1970, start() or end()", ...place });
  return { ...operand, at, to: at.to };
}

/** `operand smoothed`, `operand anchored` */
export function extend(operand: Part, place: Span, mistakes: Mistake[]): Part {
  if (operand.kind === "selector" || operand.kind === "range") return { ...operand, to: place.to };
  const message = "this word stands behind a metric or its range only: leave it out";
  mistakes.push({ message, ...place });
  return operand;
}

function isMovable(part: Part): part is Extract<Part, Moved> {
  return part.kind === "selector" || part.kind === "range" || part.kind === "subquery";
}

function misplaced(word: string, operand: Part): string {
  const inside = operand.kind === "number" || operand.kind === "text" ? "a metric" : "the metric inside the brackets";
  return `${word} stands behind a selector, a range or a subquery: put it behind ${inside}`;
}
