import { createHash } from "node:crypto";
import { harmless, shorten } from "../harmless.ts";
import type { Written } from "../timeline/setting.ts";
import { sayDuration } from "../duration.ts";
import type { RedisAnswer, RedisReply, RedisSession } from "../world/redis.ts";
import type { Entry, KeyValue, Put } from "./keyValue.ts";
import { sayRole, tellServer } from "./redisRole.ts";
import type { Shape } from "./redisShape.ts";
import { findNames, placeholder } from "./redisNames.ts";

/** Between a key and the field or member in it: no name holds it. */
export const between = "\0";

export interface RedisAt {
  /** "redis 127.0.0.1:6379 db 0" */
  says: string;
  /** one connection for some commands; refusals are explained by `explain` */
  session<T>(work: (session: RedisSession) => Promise<T>): Promise<T>;
  explain(refused: string): { why: string; next: string };
}

/** The text of one lever. `create`: it may be made; `template`: its address with placeholders, for names that exist. */
export function openRedisStore(
  at: RedisAt,
  shape: Shape,
  lever: { create: boolean; template: string },
): Omit<KeyValue, "check"> {
  const split = (address: string): [string, string] => {
    const [key = "", part = ""] = address.split(between);
    return [key, part];
  };

  async function look(session: RedisSession, address: string) {
    const [key, part] = split(address);
    const [ask, exists] = shape.ask(key, part);
    const answers = await session.read(["WATCH", key], ask, exists, ["PTTL", key]);
    const problem = problemIn(answers, at);
    if (problem !== undefined) return problem;
    const [, found, there, ttl] = answers.map(replyOf);
    const text = shape.text(found!, there!);
    if (text !== null && typeof text !== "string") {
      const where = harmless(shape.says(key, part));
      return { error: `${at.says}: ${where} holds bytes that are no UTF-8 text`, next: "change it by hand" };
    }
    return { text, version: versionOf(text), ttlMs: typeof ttl === "number" && ttl >= 0 ? ttl : undefined };
  }

  return {
    kind: "redis",
    says: at.says,
    format: "json",
    encode: (value) => value.replaceAll(between, "\ufffd"),
    get: (address) =>
      at.session(async (session): Promise<Entry | { error: string; next?: string; missing?: true }> => {
        const found = await look(session, address);
        if ("error" in found) return found;
        const nothing = harmless(shape.says(...split(address)));
        if (found.text === null && !lever.create)
          return { error: `${at.says} has no ${shape.type === "string" ? "key " : ""}${nothing}`, missing: true };
        const server = await tellServer(session);
        // a set that does not exist yet has no members
        const text = found.text === null && shape.type === "set" ? "false" : found.text;
        const notes = [...notesOf(found.ttlMs), ...sayRole(server)];
        return {
          text,
          version: found.version,
          identity: [at.says, ...server.identity].join(", "),
          ...(notes.length === 0 ? {} : { notes }),
        };
      }),
    put: (put) => at.session((session) => write(session, put)),
    async list(prefix) {
      const [segment = ""] = lever.template.slice(prefix.length).split("/");
      const names = await at.session((session) => findNames(session, split(lever.template), shape.type));
      return names.map((name) => segment.replace(placeholder, () => name));
    },
  };

  async function write(session: RedisSession, { address, text, version }: Put): Promise<Written> {
    const found = await look(session, address);
    if ("error" in found) return { refused: true, why: found.error, ...(found.next ? { next: found.next } : {}) };
    if (found.version !== version) return { conflict: true, live: null, why: `${at.says} was changed just now` };
    // by itself: were it refused, what leaves with it would be carried out at once, on no condition
    const begun = problemIn(await session.write(["MULTI"]), at);
    if (begun !== undefined) return { refused: true, why: begun.error, ...(begun.next ? { next: begun.next } : {}) };
    const answers = await session.write(shape.put(...split(address), text), ["EXEC"]);
    return judge(answers, at, versionOf(text));
  }
}

/** What Redis says to an EXEC that it has not carried out. A proxy before it may say anything else after it was. */
const notCarriedOut =
  /^(EXECABORT|NOAUTH|NOPERM|READONLY|LOADING|MASTERDOWN|OOM|MISCONF|NOREPLICAS|BUSY|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|CROSSSLOT|ERR EXEC without MULTI)\b/;

/** EXEC tells: nil, somebody was faster; a list, what came of each command. */
function judge(answers: readonly RedisAnswer[], at: RedisAt, version: string): Written {
  const [queued, exec] = answers;
  if (exec === undefined || "failed" in exec) {
    const why = exec?.failed ?? "no answer";
    return exec?.sent === false ? { refused: true, why } : { unknown: true, why };
  }
  if ("refused" in exec) {
    // EXECABORT: the command itself was refused when it was queued
    const { why, next } = at.explain(queued !== undefined && "refused" in queued ? queued.refused : exec.refused);
    return notCarriedOut.test(exec.refused) ? { refused: true, why, next } : { unknown: true, why, next };
  }
  if (exec.reply === null) return { conflict: true, live: null, why: `${at.says} was changed just now` };
  const [done] = Array.isArray(exec.reply) ? exec.reply : [];
  if (done === undefined)
    return { unknown: true, why: `${at.says} answered ${shorten(JSON.stringify(exec.reply), 60)} to EXEC` };
  if (isRefused(done)) {
    const { why, next } = at.explain(done.refused);
    return { refused: true, why, next };
  }
  return { written: true, version };
}

function isRefused(reply: RedisReply): reply is { refused: string } {
  return typeof reply === "object" && reply !== null && "refused" in reply;
}

export function problemIn(
  answers: readonly RedisAnswer[],
  at: Pick<RedisAt, "explain">,
): { error: string; next?: string } | undefined {
  for (const answer of answers) {
    if ("failed" in answer) return { error: answer.failed };
    if ("reply" in answer) continue;
    const { why, next } = at.explain(answer.refused);
    return { error: why, next };
  }
  return undefined;
}

export function replyOf(answer: RedisAnswer): RedisReply {
  return "reply" in answer ? answer.reply : null;
}

/** Redis counts no versions: what stands there is its own. */
function versionOf(text: string | null): string {
  return text === null ? "absent" : createHash("sha256").update(text).digest("hex");
}

function notesOf(ttlMs: number | undefined): string[] {
  return ttlMs === undefined ? [] : [`it expires by itself in ${sayDuration(ttlMs)}, and a change of it too`];
}
