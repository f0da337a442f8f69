import type { ServedAnswer, ServedRequest } from "../world/server.ts";
import type { Served } from "./served.ts";
import { models, routeNames, tenants, type User } from "./catalogue.ts";
import type { CallRecord } from "./record.ts";
import { parseBody, refusal, reply } from "./reply.ts";

/** What a caller of `POST /v1/chat/completions` wants, as far as the simulation listens to it. */
export interface Wanted {
  route: string;
  user: User;
  /** the text of all messages together, about four characters to a token */
  promptTokens: number;
  question: string;
  /** the caller's own cap */
  maxTokens: number | undefined;
}

interface Body {
  model?: unknown;
  messages?: unknown;
  max_tokens?: unknown;
  stream?: unknown;
  user?: unknown;
  metadata?: Record<string, unknown> | null;
}

/**
 * Route, tenant and user come from the headers `x-route` and `x-tenant` or from `metadata`, and from `user`. The model
 * is always that of the route's settings, as with a gateway's aliases.
 */
export function parseWanted({ headers, body }: ServedRequest): { wanted: Wanted } | { wrong: ServedAnswer } {
  const parsed = parseBody(headers, body, ["application/json"]);
  if ("wrong" in parsed) return parsed;
  if (typeof parsed.value !== "object" || parsed.value === null) return invalid("the body must be an object");
  const { messages, max_tokens, stream, user, metadata } = parsed.value as Body;
  if (!Array.isArray(messages) || messages.length === 0) return invalid("messages must be a list with an entry");
  if (stream === true) return invalid("the sandbox does not stream; leave out stream");
  if (max_tokens !== undefined && !(Number.isInteger(max_tokens) && (max_tokens as number) > 0))
    return invalid("max_tokens must be a whole number above 0");
  const route = headers["x-route"] ?? metadata?.["route"] ?? "chat.free";
  if (typeof route !== "string" || !routeNames.includes(route))
    return { wrong: refusal(404, "not_found", `there is no such route; there are: ${routeNames.join(", ")}`) };
  const tenantName = headers["x-tenant"] ?? metadata?.["tenant"];
  const question = messages.map(textOf).join("\n");
  return {
    wanted: {
      route,
      user: {
        id: typeof user === "string" ? user : "u-sandbox",
        tenant: tenants.find((tenant) => tenant.name === tenantName) ?? tenants[0]!,
      },
      promptTokens: Math.max(1, Math.ceil(question.length / 4)),
      question: question.slice(0, 200),
      maxTokens: max_tokens as number | undefined,
    },
  };
}

/**
 * The answer as OpenAI's API gives it: the text has as many words as tokens were counted. Headers tell which model, at
 * which provider, with which cap of the route served it; what the gateway itself refused or answered has none.
 */
export function completion({ record }: Served, maxTokens: number, at: number): ServedAnswer {
  const instead = record.status === "refused" ? record.response_snapshot : null;
  if (instead !== null) return chat(record, "fallback", instead, "stop", at);
  const by: Record<string, string> = {
    "x-llmops-model": record.model,
    "x-llmops-provider": record.provider,
    "x-llmops-max-tokens": String(maxTokens),
  };
  if (record.error !== null) {
    const { type, http_status } = record.error;
    const wait: Record<string, string> = http_status === 429 ? { "retry-after": "2" } : {};
    const message = `${record.route} on ${record.model}: ${type.replaceAll("_", " ")}`;
    return refusal(http_status, type, message, { ...wait, ...(record.status === "refused" ? {} : by) });
  }
  const { completion: out } = record.token_usage;
  const words = [...(record.response_snapshot ?? "").split(" "), ...Array.from({ length: out }, () => "and")];
  const model = record.model_reported ?? models[record.model]!.reported;
  return chat(record, model, words.slice(0, out).join(" "), record.finish_reason, at, by);
}

function chat(
  { call_id, token_usage: { prompt, completion: out, total } }: CallRecord,
  model: string,
  content: string,
  finish_reason: CallRecord["finish_reason"],
  at: number,
  headers: Record<string, string> = {},
): ServedAnswer {
  return reply(
    200,
    {
      id: call_id,
      object: "chat.completion",
      created: Math.floor(at / 1000),
      model,
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason }],
      usage: { prompt_tokens: prompt, completion_tokens: out, total_tokens: total },
    },
    headers,
  );
}

/** Parts other than text stay as the JSON they are. */
function textOf(message: { content?: unknown } | null): string {
  const content = message?.content;
  return typeof content === "string" ? content : JSON.stringify(content ?? "");
}

function invalid(message: string): { wrong: ServedAnswer } {
  return { wrong: refusal(400, "invalid_request_error", message) };
}
