/** One way to torture the program: an exhaustive or random walk over points, each judged by the invariants. */
export interface Torture {
  /** one word, as `npm run torture -- --only NAME` takes it */
  name: string;
  /** what must be installed, else it is skipped by name; in CI that is a failure */
  needs: readonly string[];
  run(set: Setting): Promise<Report>;
}

/** some: the part that `npm test` runs; round: ten minutes, another part for every seed; all: every point, most of an hour */
export type Extent = "some" | "round" | "all";

export interface Setting {
  /** every choice that is not exhaustive comes from this number */
  seed: number;
  extent: Extent;
  /** runs this point alone, as a violation names it */
  point?: string;
  /** called now and then with how far it is */
  progress?: (text: string) => void;
}

export interface Report {
  /** how many different moments, orders or inputs were exercised */
  points: number;
  violations: Violation[];
}

export interface Violation {
  /** which invariant (I1–I13) does not hold, and what was seen instead */
  what: string;
  /** names the point for `--point` */
  point: string;
}

/** So many of them, mixed; the same for the same seed. */
export function mixed<T>(all: readonly T[], random: () => number, most = all.length): T[] {
  const drawn = all.map((one) => ({ one, at: random() })).toSorted((a, b) => a.at - b.at);
  return drawn.slice(0, most).map(({ one }) => one);
}

/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
