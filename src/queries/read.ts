import type { Mistake } from "./mistake.ts";
import type { Part } from "./part.ts";
import { mostCharacters, parsePromql } from "./promql.ts";
import { Reader } from "./reader.ts";
import { syntaxMistake } from "./syntax.ts";

/** What a text says. */
export interface Reading {
  /** undefined where the grammar does not understand it; its types may still be wrong, see `checkPromql` */
  part: Part | undefined;
  /** what the grammar does not understand, or offsets and moments at a wrong place */
  mistakes: readonly Mistake[];
}

const readings = new Map<string, Reading>();

export function readPromql(text: string): Reading {
  let reading = readings.get(text);
  if (reading === undefined) {
    reading = read(text);
    if (readings.size >= 500) readings.delete(readings.keys().next().value!);
    readings.set(text, reading);
  }
  return reading;
}

function read(text: string): Reading {
  if (text.trim() === "")
    return { part: undefined, mistakes: [{ message: "the expression is empty", from: 0, to: 0 }] };
  if (text.length > mostCharacters) {
    const message = `the expression is longer than ${mostCharacters} characters: make recording rules of its parts`;
    return { part: undefined, mistakes: [{ message, from: mostCharacters, to: text.length }] };
  }
  const tree = parsePromql(text);
  const mistake = syntaxMistake(text, tree);
  if (mistake !== undefined) return { part: undefined, mistakes: [mistake] };
  const reader = new Reader(text, tree);
  return { part: reader.whole(), mistakes: reader.misplaced };
}
