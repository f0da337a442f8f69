import { randomBytes } from "node:crypto";

export interface Random {
  /** `length` characters of a–z and 2–7 that nobody can guess */
  id(length: number): string;
  /** in [0, 1) */
  fraction(): number;
}

const letters = "abcdefghijklmnopqrstuvwxyz234567";

export const realRandom: Random = {
  id: (length) => Array.from(randomBytes(length), (byte) => letters[byte & 31]).join(""),
  fraction: () => randomBytes(4).readUInt32LE() / 2 ** 32,
};
