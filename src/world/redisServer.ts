import { resolve } from "node:path";
import { z } from "zod";
import type { RedisServer } from "./redis.ts";
import { placeOf, resolveSecret, secretSchema, type Secret } from "./secret.ts";
import type { World } from "./world.ts";

/** How `llmops.yaml` names a Redis server. */
export const redisServerShape = {
  url: z.string().refine(isAddress, {
    message: "needs a redis:// or rediss:// address without user and password, like redis://127.0.0.1:6379/0",
  }),
  username: secretSchema.optional(),
  password: secretSchema.optional(),
  /** PEM file */
  ca: z.string().optional(),
};

export interface RedisAddress {
  url: string;
  username?: Secret | undefined;
  password?: Secret | undefined;
  ca?: string | undefined;
}

/** "127.0.0.1:6379 db 0" */
export function sayRedis({ url }: Pick<RedisAddress, "url">): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || "6379"} db ${pathname.slice(1) || "0"}`;
}

/** Where one finds the password to renew it. */
export function placeOfPassword({ password }: RedisAddress): { password?: string } {
  return password === undefined ? {} : { password: `${placeOf(password)} (password in llmops.yaml)` };
}

/** Asks for the secrets: a UserError where one cannot be had. */
export async function resolveRedis(
  { url, username, password, ca }: RedisAddress,
  world: World,
  folder: string,
): Promise<Omit<RedisServer, "deadlineMs">> {
  return {
    url,
    ...(username === undefined ? {} : { username: await resolveSecret(username, world, folder) }),
    ...(password === undefined ? {} : { password: await resolveSecret(password, world, folder) }),
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
  };
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  const bare = username + password + search + hash === "" && hostname !== "";
  return /^rediss?:$/.test(protocol) && bare && /^\/?\d{0,4}$/.test(pathname);
}
