import { z } from "zod";
import { harmless, shorten } from "../harmless.ts";
import { placeOfPassword, redisServerShape, resolveRedis, sayRedis } from "../world/redisServer.ts";
import { explainRefusal } from "../world/redisWords.ts";
import type { RedisAnswer, RedisSession } from "../world/redis.ts";
import type { World } from "../world/world.ts";
import type { Action, ActionKind } from "./action.ts";
import { dimensionsIn, fillText, strangerIn } from "./argv.ts";
import { countKeys, deleteKeys, sayNumber } from "./redisKeys.ts";

const mostKeys = 1_000_000;

const settings = z.strictObject({
  ...redisServerShape,
  /** what the keys begin with, literally */
  prefix: z.string().superRefine((prefix, context) => {
    const message = mistakeIn(prefix);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
  /** so many keys are deleted at once; what is left is told */
  at_most: z.number().int().min(1).max(mostKeys).default(100_000),
});
type Settings = z.output<typeof settings>;

export const flushRedis: ActionKind<Settings> = {
  kind: "flush-redis",
  summary: "deletes the keys of a Redis that begin with a prefix, counted before; never a whole database",
  schema: settings,
  example: [
    'url: "redis://127.0.0.1:6379/0"',
    "password: { env: REDIS_PASSWORD }",
    'prefix: "cache:{route}:"',
    "at_most: 20000",
    "",
  ].join("\n"),
  open,
};

/** A prefix that would take more than is meant. */
function mistakeIn(prefix: string): string | undefined {
  if (prefix.trim() === "") return "is empty: name what the keys begin with, like cache:{route}:";
  if (/[*?[\]\\]/.test(prefix)) return "is a prefix, not a pattern: leave the wildcards out";
  const stranger = strangerIn(prefix);
  if (stranger !== undefined) return `names {${harmless(stranger)}}, which is no dimension`;
  if (!/^[^{}\s]{2,}/.test(prefix)) return "must begin with two characters of its own, like cache:{route}:";
  if (prefix.endsWith("}"))
    return "must end with what stands behind the name, like cache:{route}: (else support also means support.reply)";
  return undefined;
}

const countMs = 10_000;
const flushMs = 60_000;
/** names of keys alone */
const longest = 64 << 20;

function open(set: Settings, world: World, folder: string): Action {
  const says = `redis ${harmless(sayRedis(set))}`;
  const explain = (answer: RedisAnswer): { error: string; next: string } => {
    if ("failed" in answer) return { error: answer.failed, next: "see that url of the action in llmops.yaml is right" };
    const refused = "refused" in answer ? answer.refused : "";
    const { why, next } = explainRefusal(refused, { host: new URL(set.url).host, ...placeOfPassword(set) });
    return { error: why, next };
  };
  const session = async <T>(deadlineMs: number, work: (session: RedisSession) => Promise<T>) =>
    world.redis({ ...(await resolveRedis(set, world, folder)), deadlineMs, maxBytes: longest }, work);

  return {
    irreversible: true,
    needs: dimensionsIn([set.prefix]),
    async count(scope) {
      const prefix = fillText(set.prefix, scope);
      const found = await session(countMs, async (redis) => {
        const server = await tellServer(redis);
        if ("answer" in server) return explain(server.answer);
        if (server.problem !== undefined) return { error: `${says} ${server.problem}`, next: server.next };
        const seen = await countKeys(redis, prefix, set.at_most);
        return "answer" in seen ? explain(seen.answer) : { ...seen, ...server };
      });
      if ("error" in found) return found;
      const { count, more, examples, keys } = found;
      const few = examples.map((key) => (typeof key === "string" ? shorten(key, 60) : "(a name that is no text)"));
      return {
        argv: ["flush-redis", set.url, `${prefix}*`],
        count,
        says: [
          `${more ? "More than " : ""}${sayNumber(count)} of ${sayNumber(keys)} keys in ${says} begin with ${shorten(prefix, 80)}.`,
          ...(few.length === 0 ? [] : [`Among them ${few.join(", ")}.`]),
          ...(more ? [`At most ${sayNumber(set.at_most)} are deleted at once.`] : []),
          "What is added meanwhile and begins so is deleted, too.",
        ],
        question: `Delete ${sayWhich(count, more)}?`,
        run: () => session(flushMs, (redis) => deleteKeys(redis, prefix, set.at_most, explain)),
      };
    },
  };
}

interface Server {
  keys: number;
  problem?: string;
  next: string;
}

/** A cluster has its keys on many servers; a replica takes no writes. */
async function tellServer(redis: RedisSession): Promise<Server | { answer: RedisAnswer }> {
  const answers = await redis.read(["DBSIZE"], ["INFO", "cluster"], ["INFO", "replication"]);
  const [size, cluster, replication] = answers;
  if (!("reply" in size)) return { answer: size };
  const keys = Number(size.reply);
  const holds = (answer: RedisAnswer, line: string) =>
    "reply" in answer && typeof answer.reply === "string" && answer.reply.includes(line);
  if (holds(cluster, "cluster_enabled:1"))
    return {
      keys,
      problem: "is one node of a cluster: the other keys are elsewhere, nothing is deleted",
      next: "delete them by hand on every master (redis-cli --cluster call), or change the prefix your application uses",
    };
  if (holds(replication, "role:slave"))
    return { keys, problem: "is a replica, which takes no writes", next: "put the address of its master into url" };
  return { keys, next: "" };
}

function sayWhich(count: number, more: boolean): string {
  if (more) return `the first ${sayNumber(count)} keys`;
  return count === 1 ? "this key" : `these ${sayNumber(count)} keys`;
}
