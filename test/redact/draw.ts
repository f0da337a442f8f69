/** Draws the same texts in every run (mulberry32): no key, number or name of the corpus stands in the repository. */
export interface Draw {
  /** `length` characters out of `alphabet` */
  text(alphabet: string, length: number): string;
  whole(from: number, to: number): number;
  one<T>(of: readonly T[]): T;
}

export const lower = "abcdefghijklmnopqrstuvwxyz";
export const upper = lower.toUpperCase();
export const digits = "0123456789";
export const hex = `${digits}abcdef`;
export const alnum = lower + upper + digits;
export const base64url = `${alnum}-_`;
export const base64 = `${alnum}+/`;

export function drawFrom(seed: number): Draw {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    whole,
    one: (of) => of[whole(0, of.length - 1)]!,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[whole(0, alphabet.length - 1)]!).join(""),
  };
}
