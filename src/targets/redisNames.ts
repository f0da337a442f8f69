import type { RedisSession } from "../world/redis.ts";

/** A very large keyspace is looked at in part: these names only help to spell one. */
const mostRounds = 20;
const perRound = 1000;

export const placeholder = /\{[^{}]*\}/;

/** The names that stand at the first placeholder of a key or of a field: "llm:{route}:model" → routes. */
export async function findNames(session: RedisSession, [key, part]: [string, string], type: string): Promise<string[]> {
  if (!placeholder.test(key)) return type === "hash" && placeholder.test(part) ? fieldsOf(session, key) : [];
  const [head = "", tail = ""] = split(key);
  const match = `${escapeGlob(head)}*${tail
    .split(/\{[^{}]*\}/)
    .map(escapeGlob)
    .join("*")}`;
  const names = new Set<string>();
  let cursor = "0";
  for (let round = 0; round < mostRounds; round++) {
    const [answer] = await session.read(["SCAN", cursor, "MATCH", match, "COUNT", String(perRound), "TYPE", type]);
    if (!("reply" in answer) || !Array.isArray(answer.reply)) break;
    const [next, keys] = answer.reply;
    for (const one of Array.isArray(keys) ? keys : []) {
      const name = typeof one === "string" ? nameIn(one, head, tail) : undefined;
      if (name !== undefined) names.add(name);
    }
    cursor = typeof next === "string" ? next : "0";
    if (cursor === "0") break;
  }
  return [...names];
}

async function fieldsOf(session: RedisSession, key: string): Promise<string[]> {
  const [answer] = await session.read(["HKEYS", key]);
  const fields = "reply" in answer && Array.isArray(answer.reply) ? answer.reply : [];
  return fields.filter((field) => typeof field === "string");
}

/** What a pattern of SCAN takes literally. */
function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^]/g, "\\$&");
}

function split(template: string): string[] {
  const found = /^([^{]*)\{[^{}]*\}(.*)$/s.exec(template);
  return found === null ? [template, ""] : [found[1]!, found[2]!];
}

function nameIn(key: string, head: string, tail: string): string | undefined {
  const rest = key.slice(head.length);
  const [stop = ""] = tail.split("{");
  const end = tail === stop ? rest.length - stop.length : rest.indexOf(stop);
  return end > 0 && rest.startsWith(stop, end) ? rest.slice(0, end) : undefined;
}
