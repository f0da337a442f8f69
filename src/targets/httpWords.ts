import { sayDuration } from "../duration.ts";
import { shorten } from "../harmless.ts";
import type { HttpResult } from "../world/http.ts";
import { retryAfter } from "../world/httpRead.ts";

export type Answered = Exclude<HttpResult, { failed: string }>;

/** Who is spoken of. */
export interface Speaker {
  /** "127.0.0.1:8080" */
  host: string;
  method: string;
  /** what the settings of the target hold as secret ("headers.authorization") → where its value comes from */
  places: Record<string, string>;
  /** ms since 1970 */
  now: number;
}

/** What an answer that is no plain success means, in one sentence without a full stop. */
export function sayStatus(answered: Answered, speaker: Speaker): string {
  const { status, headers, body } = answered;
  const text = sayText(body);
  return `${speaker.host} answered ${status}${meaning(status, headers, speaker)}${text === "" ? "" : `: ${text}`}`;
}

function meaning(status: number, headers: Answered["headers"], { method, places, now }: Speaker): string {
  switch (status) {
    case 202:
      return ": it took the change in and makes it later";
    case 204:
      return " without a value";
    case 400:
    case 422:
      return method === "GET" ? ": it does not take this address" : ": it does not accept this value";
    case 401: {
      const names = Object.keys(places);
      const said = names.map((name) => name.replace("headers.", "header ")).join(", ");
      return names.length === 0 ? ": it wants credentials" : `: it refused what ${said} carries`;
    }
    case 403:
      return ": these credentials may not do this";
    case 404:
    case 410:
      return ": there is nothing at this address";
    case 405: {
      const allowed = headers["allow"] === undefined ? "" : `, only ${shorten(headers["allow"], 60)}`;
      return `: it takes no ${method} here${allowed}`;
    }
    case 409:
      return ": it conflicts with what is there";
    case 412:
      return ": it was changed since it was read";
    case 413:
      return ": the document is too large for it";
    case 415:
      return `: it does not take ${method} with this kind of content`;
    case 428:
      return ": it wants a condition on every write, and offered no ETag";
    case 429:
      return `: too many requests, try again ${sayWhen(headers["retry-after"], now)}`;
    case 502:
    case 503:
    case 504:
      return ": it, or what stands before it, cannot work now";
  }
  if (status < 300 || status >= 400) return "";
  const to = shorten(headers["location"] ?? "nowhere", 120);
  return `, redirecting to ${to}: redirects are not followed`;
}

/** What the reader can do about it. */
export function nextMove({ status, headers }: Answered, { host, method, places, now }: Speaker): string {
  const byHand = "or change it by hand";
  switch (status) {
    case 400:
    case 422:
      if (method === "GET") return "see that the lever's address in llmops.yaml is right";
      return `choose a value that it accepts, ${byHand}`;
    case 401: {
      const entries = Object.entries(places);
      if (entries.length === 0) return "set headers on this target in llmops.yaml";
      const from = entries.map(([name, place]) => `${place} (${name} of the target in llmops.yaml)`);
      return `renew ${from.join(" or ")}, then try again`;
    }
    case 403:
      return `ask who runs ${host} for the right to do it, ${byHand}`;
    case 404:
    case 410:
      return "see that the lever's address in llmops.yaml is right";
    case 405:
    case 415:
      return `set method: of the target in llmops.yaml to what it takes, ${byHand}`;
    case 429:
      return `try again ${sayWhen(headers["retry-after"], now)}, ${byHand}`;
  }
  if (status >= 300 && status < 400) return "put the final address into url in llmops.yaml";
  return status >= 500 ? `see what is wrong with ${host}, ${byHand}` : "change it by hand";
}

/**
 * The write may have been made all the same: a redirect also says "done, look over there", and who fails, or whoever stands
 * before it and gave up waiting (408, 499), may have handed it on before.
 */
export function mayHaveWritten(status: number): boolean {
  return (status >= 300 && status < 400) || status >= 500 || status === 408 || status === 499;
}

/** What is wrong with a 200 that should carry a value; undefined: nothing. */
export function notAValue({ headers, body, damaged }: Answered, { host }: Speaker): string | undefined {
  if (damaged === true) return `${host} answered with bytes that are no UTF-8 text`;
  if (isPage(headers["content-type"], body))
    return `${host} answered with a web page instead of a value (is a login in front of it?)`;
  return body.trim() === "" ? `${host} answered with nothing where a value was expected` : undefined;
}

export function isPage(type: string | undefined, body: string): boolean {
  return /^text\/html\b/i.test(type ?? "") || /^\s*<(!doctype|html|head|body)\b/i.test(body);
}

/** The other side's own words: its message where its JSON has one. */
function sayText(body: string): string {
  return isPage(undefined, body) ? "a web page" : shorten(messageIn(body).replace(/[\s.:;]+$/, ""), 200);
}

function messageIn(body: string): string {
  try {
    let found: unknown = JSON.parse(body);
    for (let depth = 0; depth < 3 && typeof found === "object" && found !== null; depth++) {
      const record = found as Record<string, unknown>;
      found = record["message"] ?? record["error"] ?? record["detail"] ?? record["title"];
    }
    return typeof found === "string" ? found : body;
  } catch {
    return body;
  }
}

/** Nothing is waited for here: the reader is told when. */
function sayWhen(header: string | undefined, now: number): string {
  const wait = retryAfter(header, now);
  return wait === undefined ? "in a moment" : `in ${sayDuration(Math.max(1000, wait))}`;
}
