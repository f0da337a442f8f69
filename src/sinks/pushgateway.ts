import { Buffer } from "node:buffer";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { contentType } from "../exposition.ts";
import { shorten } from "../harmless.ts";
import type { HttpRequest, HttpResult } from "../world/http.ts";
import type { Reach } from "../world/reach.ts";
import { resolveSecret, secretSchema } from "../world/secret.ts";
import type { World } from "../world/world.ts";
import type { Sink, SinkKind } from "./sink.ts";

const settings = z.strictObject({
  /** where `/metrics` lives below */
  url: z.string().refine(isAddress, "must be an http or https address; credentials go into headers"),
  /** labels that tell this team's figures from another's: what is pushed replaces what has the same ones */
  grouping: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be a label name"), z.string()).optional(),
  headers: z.record(z.string(), secretSchema).optional(),
});
type Settings = z.infer<typeof settings>;

export const pushgateway: SinkKind<Settings> = {
  kind: "pushgateway",
  summary: "Prometheus Pushgateway, as job llmops",
  schema: settings,
  example:
    'url: "http://127.0.0.1:9091"\ngrouping: { team: ai-platform }\nheaders: { authorization: { env: PUSH_TOKEN } }\n',
  open,
};

function open(set: Settings, world: World, folder: string): Sink {
  const base = new URL(set.url);

  async function send(request: Pick<HttpRequest, "method" | "url" | "body">, type?: string): Promise<Reach> {
    let headers: Record<string, string>;
    try {
      headers = await credentials(set, world, folder);
    } catch (thrown) {
      return { ok: false, say: messageOf(thrown), ms: 0 };
    }
    if (type !== undefined) headers["content-type"] = type;
    const result = await world.http({ ...request, headers, deadlineMs: 10_000 });
    const say = explain(result, base.host);
    return { ok: say === undefined, say: say ?? `${Math.round(result.ms)} ms`, ms: result.ms };
  }

  return {
    kind: "pushgateway",
    // PUT replaces the whole group, so that a figure which is gone does not stay behind.
    push: (text) => send({ method: "PUT", url: address(base, set.grouping), body: text }, contentType),
    check: () => send({ method: "GET", url: below(base, "/-/ready") }),
  };
}

async function credentials(set: Settings, world: World, folder: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, secret] of Object.entries(set.headers ?? {}))
    headers[name.toLowerCase()] = await resolveSecret(secret, world, folder);
  return headers;
}

function address(base: URL, grouping: Record<string, string> = {}): string {
  const labels = Object.entries(grouping).map(([name, value]) =>
    // These cannot stand in a path; the Pushgateway takes them as URL-safe base64 ("=" for nothing).
    /^\.{0,2}$|\//.test(value)
      ? `/${name}@base64/${Buffer.from(value).toString("base64url") || "="}`
      : `/${name}/${encodeURIComponent(value)}`,
  );
  return below(base, `/metrics/job/llmops${labels.join("")}`);
}

function below(base: URL, path: string): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  return url.href;
}

/** Undefined: it was taken. */
function explain(result: HttpResult, host: string): string | undefined {
  if ("failed" in result) return result.failed.includes(host) ? result.failed : `${host}: ${result.failed}`;
  const { status, headers, body } = result;
  const html = /^\s*</.test(body);
  if ((status === 200 || status === 202) && !html) return undefined;
  if (status === 401 || status === 403) return `${host} answered ${status}: it refused the credentials in headers`;
  if (status >= 300 && status < 400)
    return `${host} answered ${status}, redirecting to ${shorten(headers["location"] ?? "nowhere", 120)}: put the final address into url`;
  if (status === 400 && !html) return `${host} did not take the metrics: ${shorten(body, 200)}`;
  if (html || status === 404 || status === 405)
    return `${host} answered ${status}${html ? " with a web page" : ""}: is it a Pushgateway?`;
  return `${host} answered ${status}: ${shorten(body, 200)}`;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
