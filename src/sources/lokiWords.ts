import { shorten } from "../harmless.ts";
import type { Tried } from "../world/httpRead.ts";

/** Loki tells what is wrong as plain text. Undefined: these are not its words, or say no more than the status. */
export function lokiComplaint(status: number, body: string): string | undefined {
  const text = body.trim();
  if (status < 400 || text === "" || /^[<{]/.test(text)) return undefined;
  if (status === 401 && text === "no org id") return "answered 401: it keeps tenants apart, set tenant on this source";
  if (status === 429 && text === "too many outstanding requests")
    return "answered 429: its queue is full (too many outstanding requests), try again in a moment";
  if (text.startsWith("Request timed out"))
    return "gave up: the query took too long; try a shorter window or a narrower scope";
  if (status === 500) return `could not answer: ${shorten(text, 300)}`;
  return status === 400 ? sayRefused(text) : undefined;
}

function sayRefused(text: string): string {
  const unread = /^pipeline error: '(\w+)'/.exec(text)?.[1];
  if (unread !== undefined)
    return `refused the query: a line could not be parsed (${unread}); put | __error__="" behind the parser to leave such lines out`;
  if (text.startsWith("log queries are not supported as an instant query"))
    return "refused the query: it gives log lines, it must count or sum them";
  const series = /^maximum (?:number )?of series \((\d+)\)/.exec(text)?.[1];
  if (series !== undefined)
    return `refused the query: it gives more than ${series} series; narrow the scope or split by something with fewer values`;
  const said = shorten(text.replace(/^parse error ?: /, ""), 300);
  if (/time range exceeds the limit|exceeded maximum resolution/.test(text))
    return `refused the query: ${said}; try a shorter range`;
  return `refused the query: ${said}`;
}

/** The most lines that the server gives at once, where it refused to give more. */
export function mostLines(result: Tried): number | undefined {
  const found = "status" in result ? /limit > max_entries_limit_per_query \(\d+ > (\d+)\)/.exec(result.body) : null;
  return found === null ? undefined : Number(found[1]);
}
