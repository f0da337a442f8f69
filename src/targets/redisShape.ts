import type { ReadCommand, RedisReply, WriteCommand } from "../world/redis.ts";

/** How one lever's text stands in Redis: a text under a key, a field of a hash, or whether something is a member of a set. */
export interface Shape {
  /** as the server calls it */
  type: "string" | "hash" | "set";
  /** what it is called in messages: "field max_tokens of llm:support" */
  says(key: string, part: string): string;
  /** two questions: what stands there, and whether the key exists */
  ask(key: string, part: string): [ReadCommand, ReadCommand];
  /** their answers → the text; null: nothing stands there */
  text(reply: RedisReply, exists: RedisReply): RedisReply;
  /** one command that makes it so; nothing else under the key moves */
  put(key: string, part: string, text: string | null): WriteCommand;
}

const text: Shape = {
  type: "string",
  says: (key) => key,
  ask: (key) => [
    ["GET", key],
    ["EXISTS", key],
  ],
  text: (reply) => reply,
  put: (key, _, value) => (value === null ? ["DEL", key] : ["SET", key, value, "KEEPTTL"]),
};

const hash: Shape = {
  type: "hash",
  says: (key, field) => `field ${field} of ${key}`,
  ask: (key, field) => [
    ["HGET", key, field],
    ["EXISTS", key],
  ],
  text: (reply) => reply,
  put: (key, field, value) => (value === null ? ["HDEL", key, field] : ["HSET", key, field, value]),
};

const set: Shape = {
  type: "set",
  says: (key) => `set ${key}`,
  ask: (key, member) => [
    ["SISMEMBER", key, member],
    ["EXISTS", key],
  ],
  text: (isMember, exists) => (exists === 0 ? null : isMember === 1 ? "true" : "false"),
  put: (key, member, value) => [value === "true" ? "SADD" : "SREM", key, member],
};

export const shapes = { text, hash, set };
