import { z } from "zod";
import { secretSchema } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import type { Lever } from "../timeline/setting.ts";
import { connectionShape, openConnection } from "./connection.ts";
import { callsSchema, mistakeAt } from "./httpCall.ts";
import { fillCall } from "./httpCallFill.ts";
import { addressIn, openHttpStore } from "./httpStore.ts";
import { addressesOf, addressSchema, leversOf, leversSchema } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import { onlyAt, placeSchema } from "./place.ts";
import { placeholders } from "./placeholder.ts";
import type { Target, TargetKind } from "./target.ts";

const isPath = (at: string) =>
  at.startsWith("/") && addressIn(new URL("http://x"), at.replace(/[{}]/g, "")) !== undefined;
const path = addressSchema(isPath, "a path below url, like /v1/routes/{route}");

const shape = z.strictObject({
  /** addresses of levers go behind its `url` */
  ...connectionShape,
  headers: z.record(z.string(), secretSchema).default({}),
  /** PUT and POST send the whole document, PATCH a merge patch (RFC 7396) */
  method: z.enum(["PUT", "PATCH", "POST"]).default("PUT"),
  /** false: it sends ETags and does not honour If-Match */
  conditional: z.boolean().default(true),
  /** true: it answers null where nothing stands (Caddy), so that null is not taken for a value */
  null_is_absent: z.boolean().default(false),
  /** where the server says which environment it is: nothing is read or written when that is another, or untold */
  identity: placeSchema((at) => isPath(at) && !at.includes("{")).optional(),
  levers: leversSchema(path, { write: callsSchema(isPath).optional() }),
});
const settings = shape.superRefine(({ headers, levers }, context) => {
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  for (const [setting, lever] of Object.entries(levers)) {
    const message =
      typed && lever.write !== undefined
        ? "has a type of its own: take content-type out of headers of the target"
        : mistakeAt(lever);
    if (message !== undefined) context.addIssue({ code: "custom", path: ["levers", setting, "write"], message });
  }
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
  levers: offered,
  addresses: (set) => addressesOf(set.levers, new URL(set.url).href.replace(/\/+$/, "")),
  open,
};

/** A declared write is conditional where the project says that it is. */
function offered(set: Settings): Lever[] {
  return leversOf(set.levers, set).map((lever) => {
    const write = set.levers[lever.setting]!.write;
    return write === undefined ? lever : { ...lever, conditional: write.conditional };
  });
}

function open(set: Settings, world: World, folder: string): Target {
  const connect = (headers: Settings["headers"]) =>
    openConnection(
      set,
      Object.entries(headers).map(([header, secret]) => ({ header, secret, at: `headers.${header}` })),
      world,
      folder,
    );
  const connection = connect(lower(set.headers));
  const store = openHttpStore({
    connection,
    method: set.method,
    conditional: set.conditional,
    nullIsAbsent: set.null_is_absent,
    known: Object.values(set.levers).find(({ at }) => placeholders(at).length === 0)?.at ?? "/",
    declared(put) {
      const lever = set.levers[put.planned.setting]!;
      const filled = fillCall(lever, put);
      if (filled === undefined || "error" in filled) return filled;
      const own = lever.write!.headers;
      const through = Object.keys(own).length === 0 ? connection : connect({ ...lower(set.headers), ...lower(own) });
      return { ...filled, through };
    },
  });
  const target = openLevers(set.levers, offered(set), store, world.clock);
  return set.identity === undefined ? target : onlyAt(set.identity, target, store);
}

function lower(headers: Settings["headers"]): Settings["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
