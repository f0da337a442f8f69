import type { ServedAnswer } from "../world/server.ts";

export function reply(status: number, value: unknown, headers: Record<string, string> = {}): ServedAnswer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: `${JSON.stringify(value, null, 2)}\n`,
  };
}

/** An error in the shape that OpenAI's API uses. */
export function refusal(
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): ServedAnswer {
  return reply(status, { error: { type, message } }, headers);
}

/** The JSON of a request, or the answer that says what is wrong with it. */
export function parseBody(
  headers: Record<string, string>,
  body: string,
  types: readonly string[],
): { value: unknown } | { wrong: ServedAnswer } {
  const type = (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (!types.includes(type)) return { wrong: refusal(415, "unsupported_media_type", `send ${types.join(" or ")}`) };
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return { wrong: refusal(400, "invalid_json", "the body is not JSON") };
  }
}
