import { canErase } from "./erase.ts";
import type { Event, UnknownEvent } from "./event.ts";
import type { Entry } from "./line.ts";
import type { Lines } from "./lines.ts";

/** Something wrong with a timeline. */
export interface Finding {
  /** where it stands in the file */
  line: number;
  /** the number of the record that is meant, where there is one */
  seq?: number;
  what:
    | "torn"
    | "no record"
    | "changed"
    | "missing"
    | "moved"
    | "repeated"
    | "two heads"
    | "of another"
    | "respelled"
    | "newer";
  /** in words, with the place */
  why: string;
}

export interface Examined {
  /** in the order of their numbers, each once; what is not as it was written is marked and not believed */
  events: (Event | UnknownEvent)[];
  /** the worst first thing first: in the order of the records */
  findings: Finding[];
  /** hashes of the records, in the order of `events` */
  hashes: string[];
  /** its line ends are not those that we write, or a byte order mark stands before them */
  converted: boolean;
  /** hashes of the last records: more than one when copies went their own ways */
  heads: string[];
}

/** Is every record there, once, as it was written, behind the one that it was written behind? */
export function examine(lines: Lines, incident?: string): Examined {
  const { entries, bad } = lines;
  const erased = new Set(entries.flatMap(erasedBy));
  const isOurs = ({ event }: Entry) => incident === undefined || event.incident === incident;
  const isGood = (entry: Entry, i: number) =>
    entry.event.seq === i + 1 &&
    entry.event.prev === (entries[i - 1]?.hash ?? "") &&
    isAsWritten(entry, i + 1, erased) &&
    !entry.respelled &&
    isOurs(entry);
  if (bad.length === 0 && entries.every(isGood))
    return {
      events: entries.map(({ event }) => event),
      findings: tornOf(lines),
      hashes: entries.map(({ hash }) => hash),
      heads: entries.slice(-1).map(({ hash }) => hash),
      converted: lines.converted,
    };

  const findings: Finding[] = [];
  const find: Find = ({ line, number }, what, why) => findings.push({ line, seq: number, what, why });
  const once = numbered(withoutCopies(entries, findings));
  const sorted = once.toSorted((a, b) => a.number - b.number || a.line - b.line);
  movedOnes(once, find);
  const changed = changedOnes(sorted, erased, find);
  missingOnes(sorted, bad, findings);
  for (const one of sorted) {
    const { line, number, event } = one;
    if (!isOurs(one)) find(one, "of another", `record ${number} is of ${event.incident}`);
    if (one.respelled && !changed.has(one))
      find(one, "respelled", `line ${line} was written anew: record ${number} says the same in other bytes`);
  }
  const heads = headsOf(
    sorted.filter((one) => !changed.has(one)),
    find,
  );
  return {
    events: sorted.map((one) =>
      changed.has(one) && one.event.v === 1 ? { ...one.event, damaged: true as const } : one.event,
    ),
    findings: [...findings.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0) || a.line - b.line), ...tornOf(lines)],
    hashes: sorted.map(({ hash }) => hash),
    heads,
    converted: lines.converted,
  };
}

/** Of lines of which some were passed over: only what each says about itself. */
export function skimmed(lines: Lines): Pick<Examined, "events" | "findings"> {
  const findings: Finding[] = lines.bad.map(({ line, why }) => ({
    line,
    what: "no record",
    why: `line ${line} is ${why}`,
  }));
  const events = lines.entries.map(({ event, whole, line }) => {
    if (whole || (event.payload === null && canErase(event)) || event.v !== 1) return event;
    const why = `record ${event.seq} is not as it was written: its content is another`;
    findings.push({ line, seq: event.seq, what: "changed", why });
    return { ...event, damaged: true as const };
  });
  return { events, findings: [...findings, ...tornOf(lines)] };
}

/** `number`: what it must be by where it stands; a record behind its own predecessor may say another. */
type Numbered = Entry & { number: number };
type Find = (one: Numbered, what: Finding["what"], why: string) => void;

/**
 * What was erased left nothing behind: content that no hash holds is nobody's word. And only words can be erased: without
 * its content, a record of what was done to production is damaged, whoever says that it was erased.
 */
function isAsWritten({ whole, event }: Entry, number: number, erased: ReadonlySet<number>): boolean {
  return whole || (event.payload === null && canErase(event) && erased.has(number));
}

/** The number of the earlier record that this one says was erased. */
function erasedBy({ event, whole }: Entry): number[] {
  if (event.type !== "erased" || !whole) return [];
  const { seq } = event.payload as { seq: number };
  return seq < event.seq ? [seq] : [];
}

function tornOf({ torn, size, count }: Lines): Finding[] {
  const why = `line ${count + 1} is cut off after ${torn} bytes, at byte ${size} of the file: it was never whole`;
  return torn === 0 ? [] : [{ line: count + 1, what: "torn", why }];
}

/** The same record twice is one record. */
function withoutCopies(entries: readonly Entry[], findings: Finding[]): Entry[] {
  const seen = new Map<string, number>();
  return entries.filter(({ hash, whole, line, event: { seq } }) => {
    const key = `${hash} ${whole}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else
      findings.push({ line, seq, what: "repeated", why: `record ${seq} stands twice, in lines ${first} and ${line}` });
    return first === undefined;
  });
}

function numbered(entries: readonly Entry[]): Numbered[] {
  const all: Numbered[] = [];
  for (const entry of entries) {
    const { seq, prev, v } = entry.event;
    const before = all.at(-1);
    const number = prev === "" && v === 1 ? 1 : before !== undefined && prev === before.hash ? before.number + 1 : seq;
    all.push({ ...entry, number });
  }
  return all;
}

function movedOnes(inFile: readonly Numbered[], find: Find): void {
  let highest: Numbered | undefined;
  for (const one of inFile) {
    if (highest === undefined || one.number > highest.number) highest = one;
    else if (one.number < highest.number)
      find(one, "moved", `record ${one.number} stands behind record ${highest.number}, in line ${one.line}`);
  }
}

/**
 * Records that are not as they were written. One shows by its own digest when its content was changed, and by the record
 * behind it when its envelope was: that one carries the hash of what it was written behind. Which of the two was changed
 * the next record tells, that vouches for its own predecessor in the same way.
 */
function changedOnes(sorted: readonly Numbered[], erased: ReadonlySet<number>, find: Find): Set<Numbered> {
  const at = byNumber(sorted);
  const changed = new Set<Numbered>();
  const blame = (one: Numbered, how: string) => {
    if (changed.has(one)) return;
    changed.add(one);
    if (one.event.v === 1) find(one, "changed", `record ${one.number} is not as it was written: ${how}`);
    else find(one, "newer", `record ${one.number} is of a newer version (v${one.event.v}): this one cannot verify it`);
  };
  for (const one of sorted) {
    const { number, event, hash } = one;
    if (event.seq !== number) blame(one, `it says that it is number ${event.seq}`);
    if (!isAsWritten(one, number, erased)) blame(one, "its content is another");
    const [before, behind] = [at.get(number - 1) ?? [], at.get(number + 1) ?? []];
    if (before.length === 0 ? number > 1 || event.prev === "" : before.some((it) => it.hash === event.prev)) continue;
    const suspects = before.filter((it) => !changed.has(it));
    if (before.length > 0 && suspects.length === 0) continue;
    const isVouched = behind.some((it) => it.event.prev === hash);
    const isLast = behind.length === 0;
    if (suspects.length > 0 && (isVouched || (isLast && !isNear(event.prev, suspects))))
      for (const it of suspects) blame(it, `record ${number} was written behind another`);
    else blame(one, number === 1 ? "nothing stands before the first" : `it does not follow from record ${number - 1}`);
  }
  return changed;
}

/** A slip in the link itself: it differs from the true one in a few digits; of another record it would in nearly all. */
function isNear(prev: string, before: readonly Entry[]): boolean {
  return before.some(({ hash }) => Array.from(hash).filter((digit, i) => digit !== prev[i]).length <= 8);
}

/** A line that is no record stands for one that is missing. */
function missingOnes(sorted: readonly Numbered[], bad: Lines["bad"], findings: Finding[]): void {
  const left = [...bad];
  let expected = 1;
  const until = (number: number, line: number) => {
    while (left[0] !== undefined && left[0].line < line) {
      const { line: at, why } = left.shift()!;
      const name = expected < number ? `record ${expected} (line ${at})` : `line ${at}`;
      findings.push({ line: at, seq: expected++, what: "no record", why: `${name} is ${why}` });
    }
    const what = number - expected === 1 ? `record ${expected} is` : `records ${expected} to ${number - 1} are`;
    if (number > expected)
      findings.push({ line, seq: expected, what: "missing", why: `${what} missing before line ${line}` });
  };
  for (const { number, line } of sorted) {
    until(number, line);
    expected = number + 1;
  }
  until(0, Infinity);
}

/** Two records of one number, each as it was written: two copies of the timeline went their own ways. */
function headsOf(sorted: readonly Numbered[], find: Find): string[] {
  const at = byNumber(sorted);
  const fork = [...at.values()].find((same) => same.length > 1);
  if (fork === undefined) return sorted.slice(-1).map(({ hash }) => hash);
  const [{ number }] = fork as [Numbered];
  const heads = sorted
    .filter(
      (one) => one.number >= number && !(at.get(one.number + 1) ?? []).some(({ event }) => event.prev === one.hash),
    )
    .map(({ hash }) => hash);
  const lines = fork.map(({ line }) => line).join(" and ");
  find(
    fork[1]!,
    "two heads",
    `${fork.length} records are number ${number} (lines ${lines}): copies of this timeline went their own ways there, and were put together`,
  );
  return heads;
}

function byNumber(sorted: readonly Numbered[]): Map<number, Numbered[]> {
  const at = new Map<number, Numbered[]>();
  for (const one of sorted) {
    const same = at.get(one.number);
    if (same === undefined) at.set(one.number, [one]);
    else same.push(one);
  }
  return at;
}
