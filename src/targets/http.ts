import { resolve } from "node:path";
import { z } from "zod";
import { durationSchema } from "../schema/schema.ts";
import { readHttp } from "../world/httpRead.ts";
import { placeOf, resolveSecret, secretSchema } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import { addressIn, openHttpStore } from "./httpStore.ts";
import { addressesOf, addressSchema, leversOf, leversSchema } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import { onlyAt, placeSchema } from "./place.ts";
import { placeholders } from "./placeholder.ts";
import type { Target, TargetKind } from "./target.ts";

const isPath = (at: string) =>
  at.startsWith("/") && addressIn(new URL("http://x"), at.replace(/[{}]/g, "")) !== undefined;
const path = addressSchema(isPath, "a path below url, like /v1/routes/{route}");

const longestMs = 10_000;
const longest = 1 << 20;

const settings = z.strictObject({
  /** addresses of levers go behind it */
  url: z.string().refine(isAddress, { message: "needs an http:// or https:// address without user and password" }),
  headers: z.record(z.string(), secretSchema).default({}),
  /** PEM file */
  ca: z.string().optional(),
  /** PUT and POST send the whole document, PATCH a merge patch (RFC 7396) */
  method: z.enum(["PUT", "PATCH", "POST"]).default("PUT"),
  /** false: it sends ETags and does not honour If-Match */
  conditional: z.boolean().default(true),
  settles: durationSchema.default(0),
  /** of one request; a write is two: it reads first */
  deadline: durationSchema.refine((ms) => ms <= longestMs, { message: "needs at most 10s" }).default(longestMs),
  /** where the server says which environment it is: nothing is read or written when that is another, or untold */
  identity: placeSchema((at) => isPath(at) && !at.includes("{")).optional(),
  levers: leversSchema(path),
});
type Settings = z.output<typeof settings>;

export const http: TargetKind<Settings> = {
  kind: "http",
  summary: "a config API: JSON documents or single values at URLs, with ETags where it has them",
  schema: settings,
  example: [
    'url: "https://config.internal"',
    "headers: { authorization: { env: CONFIG_TOKEN } }",
    "settles: 5s",
    "identity: { at: /info, pointer: /environment, is: production }",
    "levers:",
    "  enabled: /v1/routes/{route}/enabled",
    '  model: { at: "/v1/routes/{route}", pointer: /model }',
    '  blocked: { at: /v1/blocked_users, member: "{user}" }',
    "",
  ].join("\n"),
  levers: (set) => leversOf(set.levers, set),
  addresses: (set) => addressesOf(set.levers, new URL(set.url).href.replace(/\/+$/, "")),
  open,
};

function open(set: Settings, world: World, folder: string): Target {
  let known: Promise<Record<string, string>> | undefined;
  const store = openHttpStore({
    base: new URL(set.url),
    method: set.method,
    conditional: set.conditional,
    known: Object.values(set.levers).find(({ at }) => placeholders(at).length === 0)?.at ?? "/",
    headers() {
      known ??= headersOf(set, world, folder);
      known.catch(() => (known = undefined));
      return known;
    },
    places: Object.fromEntries(Object.entries(set.headers).map(([name, from]) => [name.toLowerCase(), placeOf(from)])),
    now: () => world.clock.now(),
    async send(request) {
      const ca = set.ca === undefined ? {} : { ca: resolve(folder, set.ca) };
      const whole = { ...request, ...ca, deadlineMs: set.deadline, maxBytes: longest };
      const result =
        request.method === "GET" ? await readHttp(world, whole) : { ...(await world.http(whole)), tries: 1 };
      // a token may have run out: the next request asks for it anew
      if ("status" in result && result.status === 401) known = undefined;
      return result;
    },
  });
  const target = openLevers(set.levers, leversOf(set.levers, set), store, world.clock);
  return set.identity === undefined ? target : onlyAt(set.identity, target, store);
}

async function headersOf(set: Settings, world: World, folder: string): Promise<Record<string, string>> {
  const entries = Object.entries(set.headers).map(async ([name, secret]) => {
    return [name.toLowerCase(), await resolveSecret(secret, world, folder)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}
