import type { Dimension } from "../../../src/timeline/scope.ts";

/** One stream of calls: what it is about, and how often which thing happens (per second). */
export interface Stream {
  route: string;
  tenant: string;
  user: string;
  model: string;
  provider: string;
  /** answers */
  ok: number;
  /** of them cut off at the limit of tokens */
  cut: number;
  /** failures, by HTTP status */
  errors: Readonly<Record<string, number>>;
  /** seconds of each answer; of each failure it is `failSeconds` */
  seconds: number;
  /** to the first token, between tokens, in the queue, at the provider */
  first: number;
  gap: number;
  queued: number;
  generating: number;
  /** tokens and US dollars of each answer */
  tokensIn: number;
  tokensOut: number;
  usd: number;
  /** lookups in a cache */
  hits: number;
  misses: number;
  /** answers that a guardrail stopped, of `ok` */
  blocked: number;
  retries: number;
  fallbacks: number;
  /** how many wait now */
  waiting: number;
}

/** Rates chosen so that every dimension has values of its own and no two sums are equal. */
export const streams: readonly Stream[] = [
  {
    route: "chat",
    tenant: "acme",
    user: "u1",
    model: "gpt-4o",
    provider: "openai",
    ok: 2.1,
    cut: 0.21,
    errors: { 429: 0.2, 500: 0.1, 504: 0.05, 401: 0.02 },
    seconds: 1.6,
    first: 0.3,
    gap: 0.03,
    queued: 0.12,
    generating: 1.4,
    tokensIn: 700,
    tokensOut: 300,
    usd: 0.004,
    hits: 0.3,
    misses: 0.9,
    blocked: 0.05,
    retries: 0.4,
    fallbacks: 0.02,
    waiting: 4,
  },
  {
    route: "search",
    tenant: "acme",
    user: "u2",
    model: "gpt-4o-mini",
    provider: "openai",
    ok: 5.3,
    cut: 0.1,
    errors: { 429: 0.05, 500: 0.3 },
    seconds: 0.7,
    first: 0.15,
    gap: 0.012,
    queued: 0.03,
    generating: 0.6,
    tokensIn: 150,
    tokensOut: 90,
    usd: 0.0003,
    hits: 1.1,
    misses: 1.3,
    blocked: 0.01,
    retries: 0.1,
    fallbacks: 0.05,
    waiting: 1,
  },
  {
    route: "chat",
    tenant: "globex",
    user: "u1",
    model: 'claude"3\\x',
    provider: "anthropic",
    ok: 0.9,
    cut: 0.4,
    errors: { 504: 0.15 },
    seconds: 6.2,
    first: 1.2,
    gap: 0.07,
    queued: 0.6,
    generating: 5.1,
    tokensIn: 2600,
    tokensOut: 1200,
    usd: 0.021,
    hits: 0.05,
    misses: 0.5,
    blocked: 0.2,
    retries: 0.15,
    fallbacks: 0.3,
    waiting: 9,
  },
];

/** One stream without a failure, a retry, a hit of the cache: what counts them was never seen. */
export const calm: Stream = {
  ...streams[0]!,
  cut: 0,
  errors: {},
  hits: 0,
  blocked: 0,
  retries: 0,
  fallbacks: 0,
};

export const failSeconds = 0.3;

export const total = (s: Stream) => s.ok + failures(s);
export const failures = (s: Stream, codes = /./) =>
  Object.entries(s.errors).reduce((sum, [code, rate]) => (codes.test(code) ? sum + rate : sum), 0);
export const sum = (list: readonly Stream[], of: (s: Stream) => number) => list.reduce((all, s) => all + of(s), 0);
export const ratio = (list: readonly Stream[], part: (s: Stream) => number, whole: (s: Stream) => number) =>
  sum(list, part) / sum(list, whole);

/** For each value of `of`, what `value` is of its streams. */
export function each(
  list: readonly Stream[],
  of: (s: Stream) => string,
  value: (list: readonly Stream[]) => number,
): Record<string, number> {
  return Object.fromEntries(
    [...new Set(list.map(of))].map((name) => [name, value(list.filter((s) => of(s) === name))]),
  );
}

/** Rates of errors, by what a stack calls them. */
export function errorsBy(list: readonly Stream[], name: (code: string) => string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { errors } of list)
    for (const [code, rate] of Object.entries(errors)) found[name(code)] = (found[name(code)] ?? 0) + rate;
  return found;
}

/** What histogram_quantile says of these observations: it takes them as spread evenly within their bucket. */
export function quantile<T>(
  q: number,
  bounds: readonly number[],
  list: readonly T[],
  of: (one: T) => readonly [value: number, rate: number],
): number {
  const seen = list.map(of);
  const rank = q * seen.reduce((all, [, rate]) => all + rate, 0);
  let below = 0;
  for (const [i, bound] of bounds.entries()) {
    const lower = i === 0 ? 0 : bounds[i - 1]!;
    const inside = seen.reduce((all, [value, rate]) => (value > lower && value <= bound ? all + rate : all), 0);
    if (below + inside >= rank) return lower + ((bound - lower) * (rank - below)) / inside;
    below += inside;
  }
  return bounds.at(-1)!;
}

export type Labels = Readonly<Record<string, string | undefined>>;

/** Collects series of one job; those with the same labels are one. A rate of 0 is written only where `idle`. */
export class Exporter {
  readonly series = new Map<string, { rate: number; start: number }>();
  readonly job: string;
  readonly idle: boolean;
  readonly rename: (metric: string) => string;

  constructor(job: string, how: { idle?: boolean; rename?: (metric: string) => string } = {}) {
    this.job = job;
    this.idle = how.idle ?? false;
    this.rename = how.rename ?? ((metric) => metric);
  }

  counter(name: string, labels: Labels, rate: number): void {
    if (rate === 0 && !this.idle) return;
    const one = this.at(name, labels);
    one.rate += this.idle ? 0 : rate;
  }

  /** of series with the same labels the largest counts */
  gauge(name: string, labels: Labels, value: number): void {
    const one = this.at(name, labels);
    one.start = Math.max(one.start, value);
  }

  histogram(
    name: string,
    labels: Labels,
    bounds: readonly number[],
    seen: readonly [value: number, rate: number][],
  ): void {
    for (const bound of [...bounds, Infinity]) {
      const rate = seen.reduce((all, [value, r]) => (value <= bound ? all + r : all), 0);
      // a bucket without observations is there too
      this.at(`${name}_bucket`, { ...labels, le: bound === Infinity ? "+Inf" : String(bound) }).rate += this.idle
        ? 0
        : rate;
    }
    this.counter(
      `${name}_sum`,
      labels,
      seen.reduce((all, [value, rate]) => all + value * rate, 0),
    );
    this.counter(
      `${name}_count`,
      labels,
      seen.reduce((all, [, rate]) => all + rate, 0),
    );
  }

  /** OpenMetrics, every 30 s up to `end` (s). */
  write(end: number): string[] {
    const times = Array.from({ length: 23 }, (_, i) => end - (22 - i) * 30);
    return [...this.series].flatMap(([name, { rate, start }]) =>
      times.map((time) => `${name} ${Number((start + rate * (time - times[0]!)).toFixed(6))} ${time}`),
    );
  }

  private at(metric: string, labels: Labels): { rate: number; start: number } {
    const pairs = Object.entries({ ...labels, job: this.job, instance: "a:1" }).flatMap(([label, value]) =>
      value === undefined ? [] : [`${label}="${value.replace(/[\\"]/g, "\\$&")}"`],
    );
    const key = `${this.rename(metric)}{${pairs.join(",")}}`;
    const one = this.series.get(key) ?? { rate: 0, start: 0 };
    this.series.set(key, one);
    return one;
  }
}

/** What a signal of these streams is: one number, or one for each series that it gives. */
export type Cell = (list: readonly Stream[]) => number | Record<string, number>;

/** A stack as its programs would be scraped, and what each of its signals must then be. */
export interface Scraped {
  stack: string;
  write(to: Exporter, stream: Stream): void;
  /** series that are there whatever is called */
  around?(to: Exporter): void;
  cells: Readonly<Record<string, Cell>>;
  /** by what a signal can be narrowed and split; "*": the others */
  maps: Readonly<Record<string, readonly Dimension[]>>;
  /** signals that can be narrowed by `model`, but not split: their metrics have it under two names */
  mixed?: readonly string[];
  /** how the stack calls a route */
  route?(stream: Stream): string;
}

export const bounds = {
  seconds: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
  gaps: [0.01, 0.02, 0.05, 0.1, 0.2],
  tokens: [64, 128, 256, 512, 1024, 2048, 4096],
  usd: [0.0005, 0.001, 0.005, 0.01, 0.05],
};
