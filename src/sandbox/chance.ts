/** Repeatable randomness: the same seeds give the same draws, on every machine. */
export interface Chance {
  /** 0 ≤ x < 1 */
  unit(): number;
  /** true with probability `p` */
  is(p: number): boolean;
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
  /** log-normal around `median`: about two thirds lie within a factor of e^sigma */
  around(median: number, sigma: number): number;
  /** how many of a kind that comes `mean` times on average */
  times(mean: number): number;
  hex(length: number): string;
}

export function openChance(...seeds: number[]): Chance {
  let state = seeds.reduce((mixed, seed) => mix(mixed ^ mix(seed)), 0x9e3779b9);

  // mulberry32: one 32-bit word of state is plenty for the draws of one second
  function unit(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  return {
    unit,
    is: (p) => unit() < p,
    below: (n) => Math.floor(unit() * n),
    pick: (from) => from[Math.floor(unit() * from.length)]!,
    around(median, sigma) {
      const normal = Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
      return median * Math.exp(sigma * normal);
    },
    times(mean) {
      const limit = Math.exp(-mean);
      let n = 0;
      for (let product = unit(); product > limit; product *= unit()) n++;
      return n;
    },
    hex(length) {
      let text = "";
      while (text.length < length)
        text += Math.floor(unit() * 0x1000000)
          .toString(16)
          .padStart(6, "0");
      return text.slice(0, length);
    },
  };
}

/** 0 ≤ x < 1, the same for a call whatever else is drawn for it or for others. */
export function spare(callId: string, number: number): number {
  return openChance(Number.parseInt(callId.slice(-8), 16), number, 3).unit();
}

/** Spreads neighbouring integers over all 32 bits (the finalizer of MurmurHash3). */
function mix(n: number): number {
  let h = n | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
