import { namesAt, pointerOf, readAt } from "../document/edit.ts";
import { harmless, shorten } from "../harmless.ts";
import { sayValue, type Value } from "../timeline/value.ts";
import type { Written } from "../timeline/setting.ts";
import type { HttpRequest } from "../world/http.ts";
import { sayTries } from "../world/httpRead.ts";
import type { Connection } from "./connection.ts";
import type { Filled } from "./httpCallFill.ts";
import { isPage, mayHaveWritten, nextMove, notAValue, sayStatus, type Answered, type Speaker } from "./httpWords.ts";
import type { KeyValue, Put } from "./keyValue.ts";

export interface Api {
  connection: Connection;
  method: "PUT" | "PATCH" | "POST";
  /** false: its ETags are not to be trusted with a write */
  conditional: boolean;
  /** it answers null where nothing stands */
  nullIsAbsent: boolean;
  /** address without placeholders to see whether it answers, "/" if there is none */
  known: string;
  /** the request that the project declares for a write; undefined where it declares none */
  declared(put: Put): (Filled & { through: Connection }) | { error: string } | undefined;
}

/** JSON (or plain text) documents below one URL. */
export function openHttpStore({ connection, ...api }: Api): KeyValue {
  const { base, host } = connection;
  const says = `http ${host}`;
  const ask = async (url: URL) => {
    return { result: await connection.ask({ method: "GET", url }), speaker: connection.speaker("GET") };
  };

  return {
    kind: "http",
    says,
    format: "json",
    encode: encodeURIComponent,
    async get(address) {
      const url = addressIn(base, address);
      if (url === undefined) return outside(address, host);
      const { result, speaker } = await ask(url);
      const tries = sayTries(result.tries);
      if ("failed" in result) return { error: result.failed + tries };
      if (result.status === 404 || result.status === 410) {
        return { error: `${says} has nothing at ${harmless(url.pathname)} (${result.status})`, missing: true };
      }
      if (result.status !== 200) return { error: sayStatus(result, speaker) + tries, next: nextMove(result, speaker) };
      const wrong = notAValue(result, speaker);
      if (wrong !== undefined) return { error: wrong, next: "see in llmops.yaml that url and headers are right" };
      const version = api.conditional ? versionOf(result) : null;
      const text = api.nullIsAbsent && result.body.trim() === "null" ? null : result.body;
      return { text, version, identity: identityOf(says, result) };
    },
    async put(put) {
      const declared = api.declared(put);
      if (declared !== undefined && "error" in declared) return { refused: true, why: declared.error };
      const { at = put.address, through = connection } = declared ?? {};
      const url = addressIn(base, at);
      if (url === undefined) return { refused: true, why: outside(at, host).error };
      const made = declared === undefined ? messageFor(put, api.method) : { method: api.method, ...declared };
      if ("refused" in made) return made;
      const { method, body } = made;
      const condition = at === put.address ? conditionFor(put, api) : {};
      const headers = { ...condition, ...made.headers };
      const result = await through.send({ method, url, headers, ...(body === undefined ? {} : { body }) });
      if ("failed" in result)
        return result.sent ? { unknown: true, why: result.failed } : { refused: true, why: result.failed };
      return judge(result, through.speaker(method));
    },
    async list(prefix) {
      const url = addressIn(base, prefix.replace(/(?<=.)\/$/, ""));
      if (url === undefined) return [];
      const { result } = await ask(url);
      return "failed" in result || result.status !== 200 ? [] : namesAt(result.body, "json", "");
    },
    async check() {
      const { result, speaker } = await ask(addressIn(base, api.known)!);
      const tries = sayTries(result.tries);
      if ("failed" in result) return { ok: false, say: result.failed + tries, ms: result.ms };
      const answers =
        result.status < 500 && ![401, 403].includes(result.status) && !(result.status >= 300 && result.status < 400);
      const page = isPage(result.headers["content-type"], result.body);
      if (!answers || (page && result.status === 200))
        return { ok: false, say: (notAValue(result, speaker) ?? sayStatus(result, speaker)) + tries, ms: result.ms };
      return { ok: true, say: `${Math.round(result.ms)} ms${tries}, write not tried`, ms: result.ms };
    },
  };
}

/** The URL of an address; undefined when it would lead out of the configured one. */
export function addressIn(base: URL, address: string): URL | undefined {
  const [path = ""] = address.split(/[?#]/);
  const steps = path.split("/").map((step) => step.replace(/%2e/gi, "."));
  if (steps.includes("..") || steps.includes(".") || address.includes("\\") || !address.startsWith("/"))
    return undefined;
  const text = base.origin + base.pathname.replace(/\/+$/, "") + address;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.origin === base.origin ? url : undefined;
}

function outside(address: string, host: string): { error: string } {
  return { error: `${shorten(address, 120)} is no address below ${host}; nothing was sent` };
}

/** A strong ETag, in a header or a trailer. A weak one never fits If-Match (RFC 9110, 13.1.1), so it is no condition. */
function versionOf({ headers, trailers }: Answered): string | null {
  const tag = headers["etag"] ?? trailers["etag"];
  return tag !== undefined && /^"[^"]*"$/.test(tag) ? tag : null;
}

function identityOf(says: string, answered: Answered): string {
  const server = answered.headers["server"];
  const tag = answered.headers["etag"] ?? answered.trailers["etag"];
  const named = server === undefined ? says : `${says} (${shorten(server, 40)})`;
  return tag === undefined ? named : `${named}, etag ${shorten(tag, 24)}`;
}

function conditionFor({ version, creates }: Put, { conditional }: Pick<Api, "conditional">): Record<string, string> {
  if (!conditional) return {};
  if (version !== null) return { "if-match": version };
  return creates ? { "if-none-match": "*" } : {};
}

interface Message {
  method: HttpRequest["method"];
  headers: Record<string, string>;
  body?: string;
}

function messageFor({ text, change }: Put, method: Api["method"]): Message | (Written & { refused: true }) {
  if (text === null) return { method: "DELETE", headers: {} };
  if (method !== "PATCH" || change.path.length === 0) {
    const type = /^\s*["[{\d-]|^\s*(true|false|null)\s*$/.test(text) ? "application/json" : "text/plain; charset=utf-8";
    return { method: method === "PATCH" ? "PUT" : method, headers: { "content-type": type }, body: text };
  }
  const list = listAbove(text, change.path);
  if (list !== undefined)
    return {
      refused: true,
      why: `a merge patch cannot change one entry of a list: it would replace the whole list at ${list}`,
      next: "set method: PUT on this target in llmops.yaml, or change it by hand",
    };
  if (cannotPatch(change.value) || cannotPatch(change.before))
    return {
      refused: true,
      why: "a merge patch cannot put null or an object in a place, which this change or its undo would need",
      next: "set method: PUT on this target in llmops.yaml, or change it by hand",
    };
  const value = "absent" in change.value ? "null" : sayValue(change.value);
  const body = change.path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value);
  return { method, headers: { "content-type": "application/merge-patch+json" }, body };
}

/** The list that a path leads through. RFC 7396 knows no positions: a patch of "0" makes a map of it. */
function listAbove(text: string, path: readonly string[]): string | undefined {
  return path
    .map((_, depth) => pointerOf(path.slice(0, depth)))
    .find((pointer) => {
      const read = readAt(text, "json", pointer);
      return "value" in read && "is" in read.value && Array.isArray(read.value.is);
    });
}

/** RFC 7396: null takes the key away, and an object is merged into the one that is there. */
function cannotPatch(value: Value): boolean {
  return "is" in value && (value.is === null || (typeof value.is === "object" && !Array.isArray(value.is)));
}

function judge(result: Answered, speaker: Speaker): Written {
  const { status } = result;
  const [why, next] = [sayStatus(result, speaker), nextMove(result, speaker)];
  if (status === 409 || status === 412) return { conflict: true, live: null, why };
  if (mayHaveWritten(status)) return { unknown: true, why, next };
  if (status >= 400) return { refused: true, why, next };
  if (status === 202) return { unknown: true, why, pending: true };
  if (isPage(result.headers["content-type"], result.body))
    return { unknown: true, why: `${speaker.host} answered the write with a web page (is a login in front of it?)` };
  return { written: true, version: versionOf(result) };
}
