import { Buffer } from "node:buffer";
import type { RedisAnswer, RedisSession, Word } from "../world/redis.ts";
import type { Ended } from "./action.ts";

/** keys that one round of SCAN looks at */
const perRound = 1000;
/** keys of one UNLINK */
const batch = 500;

interface Found {
  keys: Word[];
  /** where the next round begins; "0": that was all */
  cursor: string;
}

/** Keys that begin with a text, literally: nothing in it is a pattern, and what the server lists is looked at again. */
async function scanKeys(session: RedisSession, prefix: string, cursor: string): Promise<Found | RedisAnswer> {
  const match = `${prefix.replace(/[\\*?[\]^]/g, "\\$&")}*`;
  const [answer] = await session.read(["SCAN", cursor, "MATCH", match, "COUNT", String(perRound)]);
  if (!("reply" in answer)) return answer;
  const [next, keys] = Array.isArray(answer.reply) ? answer.reply : [];
  if (typeof next !== "string" || !Array.isArray(keys))
    return { failed: "the server answered SCAN with something else", sent: true };
  return { keys: keys.filter((key): key is Word => beginsWith(key as Word, prefix)), cursor: next };
}

function beginsWith(key: Word, prefix: string): boolean {
  if (typeof key === "string") return key.startsWith(prefix);
  const wanted = Buffer.from(prefix);
  return key instanceof Uint8Array && Buffer.from(key).subarray(0, wanted.length).equals(wanted);
}

type CountedKeys = { count: number; more: boolean; examples: Word[] };

export async function countKeys(
  redis: RedisSession,
  prefix: string,
  most: number,
): Promise<CountedKeys | { answer: RedisAnswer }> {
  const seen = new Set<string>();
  const examples: Word[] = [];
  for (let cursor: string | undefined; cursor !== "0";) {
    const found = await scanKeys(redis, prefix, cursor ?? "0");
    if (!("keys" in found)) return { answer: found };
    for (const key of found.keys) {
      // what is no text is told apart by its bytes
      const name = typeof key === "string" ? key : `\0${key.join()}`;
      if (!seen.has(name) && examples.length < 3) examples.push(key);
      seen.add(name);
    }
    if (seen.size > most) return { count: most, more: true, examples };
    cursor = found.cursor;
  }
  return { count: seen.size, more: false, examples };
}

/** Batch by batch; a batch whose answer did not come may be gone, and is not sent again. */
export async function deleteKeys(
  redis: RedisSession,
  prefix: string,
  most: number,
  explain: (answer: RedisAnswer) => { error: string },
): Promise<Ended> {
  let deleted = 0;
  const soFar = () => `${sayNumber(deleted)} ${deleted === 1 ? "key was" : "keys were"} deleted`;
  for (let cursor: string | undefined; cursor !== "0";) {
    const found = await scanKeys(redis, prefix, cursor ?? "0");
    if (!("keys" in found)) return { failed: `${soFar()}, then: ${explain(found).error}. The rest is still there.` };
    cursor = found.cursor;
    for (let at = 0; at < found.keys.length; at += batch) {
      const keys = found.keys.slice(at, Math.min(at + batch, at + most - deleted));
      if (keys.length === 0) return { done: `${soFar()}; more that begin so are left: run it again.` };
      const [answer] = await redis.write(["UNLINK", ...keys]);
      if (!("reply" in answer)) {
        const { error } = explain(answer);
        if ("failed" in answer && answer.sent)
          return {
            unknown: `${soFar()} for certain; ${keys.length} more may be gone, the rest is still there: ${error}.`,
          };
        return { failed: `${soFar()}, then: ${error}. The rest is still there.` };
      }
      deleted += Number(answer.reply);
    }
  }
  return { done: `${soFar()}.` };
}

export function sayNumber(count: number): string {
  return count.toLocaleString("en-US");
}
