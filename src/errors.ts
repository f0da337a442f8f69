/** Exit codes of the command line (README "Exit codes"). */
export const exit = {
  done: 0,
  /** findings, unhealthy, or written but not proven */
  findings: 1,
  usage: 2,
  /** could not do it, nothing changed */
  failed: 3,
  /** declined, or needs a terminal or `--yes` */
  refused: 4,
  /** changed or locked by somebody else */
  conflict: 5,
  /** unknown whether applied, or applied and not recorded */
  unknown: 6,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Whether the thing that failed may have changed production. */
export type Changed = "no" | "yes" | "unknown";

export interface Problem {
  /** what was tried and what came instead, one sentence, with the place (file:line:column, URL, name) */
  what: string;
  /** more of it, each one line */
  details?: readonly string[];
  /** the next move, best as a command */
  next?: string;
  /** default "no" */
  changed?: Changed;
  /** default `exit.failed` */
  code?: ExitCode;
}

/** Something the reader can act on. Anything else that is thrown is a bug. */
export class UserError extends Error {
  readonly what: string;
  readonly details: readonly string[];
  readonly next: string | undefined;
  readonly changed: Changed;
  readonly code: ExitCode;

  constructor(problem: Problem) {
    super(problem.what);
    this.name = "UserError";
    this.what = problem.what;
    this.details = problem.details ?? [];
    this.next = problem.next;
    this.changed = problem.changed ?? "no";
    this.code = problem.code ?? exit.failed;
  }
}

/** Ctrl-C, SIGTERM or a lost terminal; `code` is 130, 143 or 129. `changed`: what the command had done to production. */
export class Interrupted extends Error {
  readonly code: ExitCode;
  readonly changed: Changed;
  constructor(code: ExitCode = exit.interrupted, changed: Changed = "no") {
    super("interrupted");
    this.name = "Interrupted";
    this.code = code;
    this.changed = changed;
  }
}

/** The text of anything thrown, for a record or a bug report. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The nearest of `known` to a misspelt `word`, if any is near enough to be meant. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase(), least + 1);
    // every letter another one is another word; of equals, a word that was not written to its end
    const isNearer = d < least || (d === least && best !== undefined && candidate.startsWith(word));
    if (isNearer && d < Math.max(word.length, candidate.length)) [best, least] = [candidate, d];
  }
  return best;
}

/** ", did you mean X?" or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? "" : `, did you mean ${near}?`;
}

/** At most five of `known`, the likeliest first. */
export function likeliest(word: string, known: Iterable<string>): string[] {
  const names = [...known].sort();
  const near = nearest(word, names);
  return [...(near === undefined ? [] : [near]), ...names.filter((name) => name !== near)].slice(0, 5);
}

/** Levenshtein distance; returns `limit` as soon as it cannot be less. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + swap));
    }
    if (Math.min(...next) >= limit) return limit;
    row = next;
  }
  return row[b.length]!;
}
