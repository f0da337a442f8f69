import { readAt } from "../document/edit.ts";
import { shorten } from "../harmless.ts";
import type { HttpResult } from "../world/http.ts";
import type { Place } from "./schema.ts";

export type Answered = Exclude<HttpResult, { failed: string }>;

/** What a gateway's answer is, whatever its status says. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** its JSON; of a stream the first piece; undefined: none */
  json?: string;
  /** a model's answer came through */
  served: boolean;
  /** a web page: a login, a proxy, not the gateway */
  page: boolean;
  /** its own words of an error: "route_disabled: this route is off", "" where there are none */
  says: string;
}

/** `hide`: takes out secrets, which an error may repeat, before anything is cut. */
export function readAnswer({ status, headers, body }: Answered, hide: (text: string) => string): Answer {
  const type = headers["content-type"] ?? "";
  const page = /^text\/html\b/i.test(type) || /^\s*<(!doctype|html|head|body)\b/i.test(body);
  const text = /^text\/event-stream\b/i.test(type) ? (/^data:(.*)$/m.exec(body)?.[1] ?? "") : body;
  const value = page ? undefined : objectIn(text);
  const failed = value?.["error"] !== undefined && value["error"] !== null && value["error"] !== false;
  return {
    status,
    headers,
    ...(value === undefined ? {} : { json: text }),
    served: status >= 200 && status < 300 && value !== undefined && !failed,
    page,
    says: value === undefined ? "" : shorten(hide(errorIn(value)), 120),
  };
}

/** The text or number that stands there; undefined: nothing that could be one. */
export function readPlace(answer: Answer, place: Place): string | undefined {
  if ("header" in place) return trimmed(answer.headers[place.header.toLowerCase()]);
  if (answer.json === undefined) return undefined;
  const found = readAt(answer.json, "json", place.pointer);
  if ("error" in found || !("is" in found.value)) return undefined;
  const { is } = found.value;
  return typeof is === "string" || typeof is === "number" ? trimmed(String(is)) : undefined;
}

function trimmed(text: string | undefined): string | undefined {
  const plain = text?.trim();
  return plain === "" || (plain?.length ?? 0) > 200 ? undefined : plain;
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** OpenAI's shape, and what is near it: `{ error: { type, message } }`, `{ error: "text" }`, `{ message }`, `{ detail }`. */
function errorIn(value: Record<string, unknown>): string {
  const error = value["error"];
  const inner = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : value;
  const texts = [inner["type"], inner["code"], inner["message"], inner["detail"], error];
  return texts.filter((text, i) => typeof text === "string" && text !== "" && texts.indexOf(text) === i).join(": ");
}
