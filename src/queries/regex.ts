import { readClass, readEscape, type Stopped } from "./regexChars.ts";

/**
 * What is wrong with a regular expression of Prometheus and Loki (RE2 as Go reads it, source: Go's regexp/syntax), or
 * whether it fits the empty text. It is read, never run: a hostile one costs no more than its length.
 */
export type Pattern = { wrong: string } | { fitsEmpty: boolean };

const known = new Map<string, Pattern>();

export function readPattern(text: string): Pattern {
  let pattern = known.get(text);
  if (pattern === undefined) {
    pattern = read(text);
    if (known.size >= 500) known.delete(known.keys().next().value!);
    known.set(text, pattern);
  }
  return pattern;
}

/** What a repetition would repeat. `counts`: the product of the counts in each other. */
interface Atom {
  fitsEmpty: boolean;
  counts: number;
}

interface Group extends Atom {
  /** one of the alternatives before fits the empty text */
  before: boolean;
  last: (Atom & { fittedBefore: boolean }) | undefined;
  /** the last was a repetition, which cannot be repeated */
  repeated: boolean;
}

const fresh = (): Group => ({ before: false, fitsEmpty: true, counts: 1, last: undefined, repeated: false });
const most = 1000;

function read(text: string): Pattern {
  const open = [fresh()];
  for (let at = 0; at < text.length;) {
    const group = open.at(-1)!;
    const char = text[at]!;
    if (char === "(") {
      const begun = beginGroup(text, at);
      if ("wrong" in begun) return begun;
      at = begun.to;
      if (begun.opens) open.push(fresh());
      group.repeated = false;
      if (open.length > most) return { wrong: `its brackets are nested more than ${most} deep` };
    } else if (char === ")") {
      if (open.length === 1) return { wrong: "a ) closes nothing, write \\) for the character" };
      open.pop();
      add(open.at(-1)!, { fitsEmpty: group.before || group.fitsEmpty, counts: group.counts });
      at += 1;
    } else if (char === "|") {
      Object.assign(group, {
        before: group.before || group.fitsEmpty,
        fitsEmpty: true,
        last: undefined,
        repeated: false,
      });
      at += 1;
    } else {
      const times = repetition(text, at);
      if (times !== undefined) {
        const wrong = repeat(group, times, text.slice(at, times.to));
        if (wrong !== undefined) return { wrong };
        at = times.to;
      } else {
        const one = char === "[" ? readClass(text, at) : char === "\\" ? readEscape(text, at) : { to: next(text, at) };
        if ("wrong" in one) return one;
        add(group, {
          fitsEmpty: char === "^" || char === "$" || ("fitsEmpty" in one && one.fitsEmpty === true),
          counts: 1,
        });
        at = one.to;
      }
    }
  }
  if (open.length > 1) return { wrong: "a ( is not closed" };
  return { fitsEmpty: open[0]!.before || open[0]!.fitsEmpty };
}

function next(text: string, at: number): number {
  return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
}

function add(group: Group, atom: Atom): void {
  group.last = { ...atom, fittedBefore: group.fitsEmpty };
  group.fitsEmpty &&= atom.fitsEmpty;
  group.counts = Math.max(group.counts, atom.counts);
  group.repeated = false;
}

/** `(`, `(?:`, `(?i)`, `(?P<name>` … */
function beginGroup(text: string, at: number): Stopped | { to: number; opens: boolean } {
  if (text[at + 1] !== "?") return { to: at + 1, opens: true };
  const rest = text.slice(at, at + 200);
  const flags = /^\(\?[imsU]*(?:-[imsU]+)?([:)])/.exec(rest);
  if (flags !== null) return { to: at + flags[0].length, opens: flags[1] === ":" };
  const named = /^\(\?P?<\w+>/.exec(rest);
  if (named !== null) return { to: at + named[0].length, opens: true };
  const around = /^\(\?<?[=!]/.exec(rest);
  if (around !== null) return { wrong: `Go has no lookaround like ${around[0]}` };
  return { wrong: `${rest.slice(0, 3)} is no group; groups are (…), (?:…), (?P<name>…) and flags (?i)` };
}

interface Times {
  to: number;
  least: number;
  /** -1: any number */
  most: number;
}

/** `*`, `+`, `?`, `{2,3}`, each lazy with a `?`; other braces are characters. */
function repetition(text: string, at: number): Times | undefined {
  const char = text[at];
  const ends = (to: number) => (text[to] === "?" ? to + 1 : to);
  if (char === "*") return { to: ends(at + 1), least: 0, most: -1 };
  if (char === "+") return { to: ends(at + 1), least: 1, most: -1 };
  if (char === "?") return { to: ends(at + 1), least: 0, most: 1 };
  if (char !== "{") return undefined;
  braces.lastIndex = at;
  const [all, least, comma, upTo] = braces.exec(text) ?? [];
  if (all === undefined) return undefined;
  const upper = comma === undefined ? Number(least) : upTo === "" ? -1 : Number(upTo);
  return { to: ends(at + all.length), least: Number(least), most: upper };
}

const braces = /\{(0|[1-9]\d*)(,(0|[1-9]\d*|))?\}/y;

function repeat(group: Group, times: Times, said: string): string | undefined {
  if (group.last === undefined) return `there is nothing before ${said} that it could repeat`;
  if (group.repeated) return `${said} repeats a repetition, put brackets around what it repeats`;
  if (times.least > most || times.most > most || (times.most >= 0 && times.most < times.least))
    return `${said} is no count; counts go up to ${most}, the smaller first`;
  const { last } = group;
  if (said.startsWith("{")) last.counts *= times.most === -1 ? Math.max(1, times.least) : times.most;
  if (last.counts > most) return `${said} makes more than ${most} repetitions`;
  last.fitsEmpty ||= times.least === 0;
  group.fitsEmpty = last.fittedBefore && last.fitsEmpty;
  group.counts = Math.max(group.counts, last.counts);
  group.repeated = true;
  return undefined;
}
