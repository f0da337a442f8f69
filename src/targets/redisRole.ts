import { shorten } from "../harmless.ts";
import type { RedisSession } from "../world/redis.ts";

export interface Server {
  /** version, run id and role as the server tells them; empty where it does not */
  identity: string[];
  role: string | undefined;
  master: string | undefined;
}

/** Who answers, in the server's own words; a user who may not ask is told nothing, and that is no failure. */
export async function tellServer(session: RedisSession): Promise<Server> {
  const answers = await session.read(["INFO", "server"], ["INFO", "replication"]);
  const text = answers.map((one) => ("reply" in one && typeof one.reply === "string" ? one.reply : "")).join("\n");
  const tell = (name: string) => new RegExp(`^${name}:(.+?)\r?$`, "m").exec(text)?.[1];
  const [version, run, role] = [tell("redis_version"), tell("run_id"), tell("role")];
  const host = tell("master_host");
  return {
    identity: [
      ...(version === undefined ? [] : [`version ${shorten(version, 20)}`]),
      ...(run === undefined ? [] : [`run ${shorten(run.slice(0, 8), 8)}`]),
      ...(role === undefined ? [] : [role === "slave" ? "replica" : shorten(role, 20)]),
    ],
    role,
    master: host === undefined ? undefined : `${shorten(host, 60)}:${shorten(tell("master_port") ?? "", 5)}`,
  };
}

export function sayRole({ role, master }: Server): string[] {
  if (role !== "slave") return [];
  return [`it is a replica${master === undefined ? "" : ` of ${master}`} and takes no writes: change it there`];
}
