import { readFileSync } from "node:fs";
import { seeded } from "../../torture/torture.ts";

const read = (name: string) =>
  readFileSync(new URL(name, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");

/** What may be put around a whole expression, which is the _ in it. */
const around = read("around.txt");
const replacements = read("replacements.txt")
  .slice(1)
  .map((line) => line.split("\t"))
  .map(([what = "", ...by]) => ({ what: new RegExp(what), by }));

const token = /"(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`|\d[\w.]*|[A-Za-z_:][\w:]*|[=!<>]=|[=!]~|\S/g;

type Pick = <T>(list: readonly T[]) => T;

/** As many different expressions as asked for, each one to three small changes away from one of `from`. */
export function mutants(from: readonly string[], count: number, seed: number): string[] {
  const draw = seeded(seed);
  const pick: Pick = (list) => list[Math.floor(draw() * list.length)]!;
  const known = new Set(from);
  const made = new Set<string>();
  while (made.size < count) {
    let text = pick(from);
    for (let changes = pick([1, 1, 1, 2, 3]); changes > 0; changes--) text = change(text, pick);
    if (text.trim() !== "" && !known.has(text)) made.add(text);
  }
  return [...made];
}

function change(text: string, pick: Pick): string {
  const kind = pick(["around", "around", "replace", "replace", "replace", "drop", "twice", "swap"]);
  if (kind === "around") return pick(around).replaceAll("_", () => text);
  const tokens = [...text.matchAll(token)];
  if (tokens.length < 2) return text;
  const at = Math.floor(pick([...tokens.keys()].slice(0, -1)));
  const [first, second] = [tokens[at]!, tokens[at + 1]!];
  const [from, to] = [first.index, first.index + first[0].length];
  const put = (said: string) => text.slice(0, from) + said + text.slice(to);
  switch (kind) {
    case "drop":
      return put("");
    case "twice":
      return put(`${first[0]} ${first[0]}`);
    case "swap":
      return (
        text.slice(0, from) +
        second[0] +
        text.slice(to, second.index) +
        first[0] +
        text.slice(second.index + second[0].length)
      );
    default:
      return put(pick(replacements.find(({ what }) => what.test(first[0]))?.by ?? [first[0]]));
  }
}
