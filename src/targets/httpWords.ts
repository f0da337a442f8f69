import { sayDuration } from "../duration.ts";
import { shorten } from "../harmless.ts";
import type { HttpResult } from "../world/http.ts";

export type Answered = Exclude<HttpResult, { failed: string }>;

/** Who is spoken of, and what of it must never be shown. */
export interface Speaker {
  /** "127.0.0.1:8080" */
  host: string;
  method: string;
  /** names of the headers that the project sets */
  headers: string[];
  /** their values */
  secrets: string[];
}

/** Why an answer is no success, in one sentence without a full stop. */
export function sayStatus({ status, headers, body }: Answered, speaker: Speaker): string {
  const { host, method } = speaker;
  const text = sayText(body, speaker);
  const told = text === "" ? "" : `: ${text}`;
  if (status === 401) {
    const given = speaker.headers.length === 0 ? "it wants credentials: set headers on this target" : refused(speaker);
    return `${host} answered 401: ${given}`;
  }
  if (status === 403) return `${host} answered 403: these credentials may not do this${told}`;
  if (status === 404 || status === 410) return `${host} answered ${status}: there is nothing at this address${told}`;
  if (status === 405) {
    const allowed = headers["allow"] === undefined ? "" : `, only ${shorten(headers["allow"], 60)}`;
    return `${host} answered 405: it takes no ${method} here${allowed} (method: in the project file)`;
  }
  if (status === 409 || status === 412) return `${host} answered ${status}: it was changed since it was read${told}`;
  if (status === 428) return `${host} answered 428: it wants a condition on every write, and offered no ETag`;
  if (status === 413) return `${host} answered 413: the document is too large for it${told}`;
  if (status === 415) return `${host} answered 415: it does not take ${method} with this kind of content${told}`;
  if (status === 400 || status === 422) return `${host} answered ${status}: it does not accept this value${told}`;
  if (status === 429) return `${host} answered 429: too many requests${retryAfter(headers["retry-after"])}`;
  if (status >= 300 && status < 400) {
    const to = shorten(headers["location"] ?? "nowhere", 120);
    return `${host} answered ${status}, redirecting to ${to}: redirects are not followed, put the final address into url`;
  }
  return `${host} answered ${status}${told}`;
}

/** What is wrong with a 200 that should carry a value; undefined: nothing. */
export function notAValue({ headers, body }: Answered, { host }: Speaker): string | undefined {
  if (isPage(headers["content-type"], body))
    return `${host} answered with a web page instead of a value: is a login in front of it?`;
  return body.trim() === "" ? `${host} answered with nothing where a value was expected` : undefined;
}

export function isPage(type: string | undefined, body: string): boolean {
  return /^text\/html\b/i.test(type ?? "") || /^\s*<(!doctype|html|head|body)\b/i.test(body);
}

/** The other side's own words: its message where its JSON has one. */
function sayText(body: string, { secrets }: Speaker): string {
  if (isPage(undefined, body)) return "a web page";
  const clean = secrets.reduce(
    (text, secret) => (secret === "" ? text : text.replaceAll(secret, "***")),
    messageIn(body),
  );
  return shorten(clean, 200);
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

function refused({ headers }: Speaker): string {
  return `it refused what header ${headers.join(", ")} carries`;
}

function retryAfter(header: string | undefined): string {
  const seconds = Number(header);
  if (header === undefined || !(seconds >= 0)) return ", try again in a moment";
  return `, try again in ${sayDuration(seconds * 1000)}`;
}
