import { Buffer } from "node:buffer";
import { resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { durationSchema } from "../schema/schema.ts";
import { readHttp, type Tried } from "../world/httpRead.ts";
import { resolveSecret, secretSchema } from "../world/secret.ts";
import { atMost } from "../world/turns.ts";
import type { World } from "../world/world.ts";

/** How a store is reached: the same in the settings of every source that is asked over HTTP. */
export const connectionShape = {
  /** where the API lives below; a path (Mimir, Grafana's proxy) and a query (Thanos) are kept */
  url: z.string().refine(isAddress, "expected an http:// or https:// address (user and password go into basic)"),
  bearer: secretSchema.optional(),
  basic: z.strictObject({ user: secretSchema, password: secretSchema }).optional(),
  headers: z.record(z.string(), secretSchema).optional(),
  /** PEM file */
  ca: z.string().optional(),
  deadline: durationSchema.default(10_000),
};
export type ConnectionSettings = z.infer<z.ZodObject<typeof connectionShape>>;

export interface Ask {
  method: "GET" | "POST";
  path: string;
  /** a form, or the query of a GET */
  form: Record<string, string>;
  /** is sent instead of the form, which then is the query */
  json?: string;
  maxBytes: number;
  /** knows answers that asking again would only make worse */
  isFinal?: (body: string) => boolean;
}

export interface Connection {
  base: URL;
  /** never throws: a secret that cannot be had is a failure like any other */
  ask(ask: Ask): Promise<Tried>;
}

/** At most 20 requests are in flight. `headers` say which tenant is meant. */
export function openConnection(
  set: ConnectionSettings,
  tenant: Record<string, string>,
  world: World,
  folder: string,
): Connection {
  const base = new URL(set.url);
  const inTurn = atMost(20);
  let headers: Promise<Record<string, string>> | undefined;
  return {
    base,
    async ask({ method, path, form, json, maxBytes, isFinal }) {
      let result: Tried;
      try {
        headers ??= credentials(set, tenant, world, folder);
        const sent = await headers;
        const params = new URLSearchParams(form);
        const ca = set.ca === undefined ? {} : { ca: resolve(folder, set.ca) };
        const request =
          json !== undefined
            ? {
                method,
                url: below(base, path, params),
                headers: { ...sent, "content-type": "application/json" },
                body: json,
              }
            : method === "GET"
              ? { method, url: below(base, path, params), headers: sent }
              : { method, url: below(base, path), headers: { ...sent, ...urlencoded }, body: params.toString() };
        result = await inTurn(() =>
          readHttp(world, { ...request, deadlineMs: set.deadline, maxBytes, ...ca }, isFinal),
        );
      } catch (thrown) {
        headers = undefined;
        return { failed: messageOf(thrown), sent: false, ms: 0, tries: 1 };
      }
      // a token may have run out: the next question asks for it anew
      if ("status" in result && result.status === 401) headers = undefined;
      return result;
    },
  };
}

const urlencoded = { "content-type": "application/x-www-form-urlencoded" };

/** Whether a refusal means that credentials are wrong or that there are none. */
export function hasCredentials({ bearer, basic, headers }: ConnectionSettings): boolean {
  return bearer !== undefined || basic !== undefined || headers !== undefined;
}

function below(base: URL, path: string, params = new URLSearchParams()): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  for (const [name, value] of params) url.searchParams.append(name, value);
  return url.href;
}

async function credentials(
  set: ConnectionSettings,
  tenant: Record<string, string>,
  world: World,
  folder: string,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = { accept: "application/json", ...tenant };
  if (set.basic !== undefined) {
    const [user, password] = await Promise.all(
      [set.basic.user, set.basic.password].map((s) => resolveSecret(s, world, folder)),
    );
    headers["authorization"] = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }
  if (set.bearer !== undefined) headers["authorization"] = `Bearer ${await resolveSecret(set.bearer, world, folder)}`;
  for (const [name, secret] of Object.entries(set.headers ?? {}))
    headers[name.toLowerCase()] = await resolveSecret(secret, world, folder);
  return headers;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
