import { resolve } from "node:path";
import { z } from "zod";
import { harmless } from "../harmless.ts";
import { durationSchema } from "../schema/schema.ts";
import type { HttpRequest } from "../world/http.ts";
import { readHttp, type Tried } from "../world/httpRead.ts";
import { placeOf, resolveSecret, type Secret } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import type { Speaker } from "./httpWords.ts";

const longestMs = 10_000;
const longest = 1 << 20;

/** How an API is reached: the same in the settings of every target that is asked over HTTP. */
export const connectionShape = {
  url: z.string().refine(isAddress, { message: "needs an http:// or https:// address without user and password" }),
  /** PEM file */
  ca: z.string().optional(),
  settles: durationSchema.default(0),
  /** of one request; a write is two: it reads first */
  deadline: durationSchema.refine((ms) => ms <= longestMs, { message: "needs at most 10s" }).default(longestMs),
};
type ConnectionSettings = z.output<z.ZodObject<typeof connectionShape>>;

export interface Call {
  method: HttpRequest["method"];
  url: URL;
  headers?: Record<string, string>;
  body?: string;
  /** less than the deadline of the target, for what is only good to know */
  deadlineMs?: number;
  /** more than a value takes, for what describes the whole API */
  maxBytes?: number;
}

/** One API. What it answers never throws; a secret that cannot be had is a UserError. */
export interface Connection {
  base: URL;
  /** "127.0.0.1:8080" */
  host: string;
  /** for what changes nothing: asked again where a broken connection may be over in a moment */
  ask(call: Call): Promise<Tried>;
  /** for what changes something: sent once */
  send(call: Call): Promise<Tried>;
  /** as who it is spoken of in messages about a request */
  speaker(method: string): Speaker;
}

/** A header whose value is secret, and where in the settings of the target it is written. */
export interface Credential {
  header: string;
  secret: Secret;
  /** "headers.authorization" */
  at: string;
  /** what stands before it in the header: "Bearer " */
  before?: string;
}

/**
 * Secrets are asked for at the first request, and anew after a 401: a token may have run out. From then on the screen and
 * the timeline hide them (`World.secrets`), whoever repeats them: a message need not look for them.
 */
export function openConnection(
  set: Pick<ConnectionSettings, "url" | "ca" | "deadline">,
  credentials: readonly Credential[],
  world: World,
  folder: string,
): Connection {
  const base = new URL(set.url);
  const host = harmless(base.host);
  const ca = set.ca === undefined ? {} : { ca: resolve(folder, set.ca) };
  const places = Object.fromEntries(credentials.map(({ at, secret }) => [at, placeOf(secret)]));
  let known: Promise<Record<string, string>> | undefined;

  async function request({
    url,
    headers,
    deadlineMs = set.deadline,
    maxBytes = longest,
    ...call
  }: Call): Promise<HttpRequest> {
    known ??= headersOf(credentials, world, folder);
    known.catch(() => (known = undefined));
    const all = { accept: "application/json", ...headers, ...(await known) };
    return { ...call, ...ca, url: url.href, headers: all, deadlineMs, maxBytes };
  }
  const seen = (result: Tried): Tried => {
    if ("status" in result && result.status === 401) known = undefined;
    return result;
  };
  return {
    base,
    host,
    ask: async (call) => seen(await readHttp(world, await request(call))),
    send: async (call) => seen({ ...(await world.http({ ...(await request(call)), fresh: true })), tries: 1 }),
    speaker: (method) => ({ host, method, places, now: world.clock.now() }),
  };
}

async function headersOf(
  credentials: readonly Credential[],
  world: World,
  folder: string,
): Promise<Record<string, string>> {
  const entries = credentials.map(async ({ header, secret, before = "" }) => {
    return [header.toLowerCase(), before + (await resolveSecret(secret, world, folder))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}
