import { shorten } from "../harmless.ts";
import { sayBody } from "./answer.ts";
import { isRecord, parseJson, readLabels } from "./json.ts";
import type { Line } from "./source.ts";

/** VictoriaLogs tells what is wrong as plain text, or as JSON of Prometheus' shape. Undefined: these are not its words. */
export function victorialogsComplaint(status: number, body: string): string | undefined {
  const text = textOf(body);
  if (aborted.test(body)) return "gave up in the middle of its answer; try a shorter window or a narrower scope";
  if (status < 400 || text === undefined) return undefined;
  if (text.startsWith("the request couldn't be executed in"))
    return "gave up: the query took too long; try a shorter window or a narrower scope";
  if (text.startsWith("couldn't start executing the request"))
    return "is busy with other queries (too many concurrent requests): try again in a moment";
  if (text.startsWith("cannot obtain tenan"))
    return "refused the tenant: account and project are whole numbers from 0 to 4294967295";
  if (text.startsWith("missing `| stats ...` pipe"))
    return "refused the query: it gives log lines, it must count or sum them with | stats";
  const unread = /^cannot parse query \[.*?\]: (.*?)(; context: \[.*)?$/s.exec(text)?.[1];
  if (unread !== undefined) return `refused the query: ${shorten(unread, 300)}`;
  return text.startsWith("cannot parse ") ? `refused the query: ${shorten(text, 300)}` : undefined;
}

/** Written into a body that was begun as a success: nothing of it counts. */
const aborted = /^the connection has been aborted; see the last line/m;

function textOf(body: string): string | undefined {
  if (/^\s*</.test(body)) return undefined;
  try {
    const answer: unknown = JSON.parse(body);
    return isRecord(answer) && typeof answer["error"] === "string" ? answer["error"] : undefined;
  } catch {
    return body.trim();
  }
}

const own = new Set(["_time", "_msg", "_stream", "_stream_id"]);

/**
 * One JSON object for each log line, in the order in which they came; nothing at all is no line. What cannot be read among
 * readable lines is counted in a warning.
 */
export function readJsonLines(body: string): { lines: Line[]; warnings: string[] } | { error: string } {
  const lines: Line[] = [];
  let unread = 0;
  for (const row of body.split("\n")) {
    if (row.trim() === "") continue;
    const line = readLine(row);
    if (line === undefined) unread++;
    else lines.push(line);
  }
  if (lines.length === 0 && unread > 0) return { error: `answered ${sayBody(body)} instead of log lines` };
  const warnings = unread === 0 ? [] : [`${unread} ${unread === 1 ? "line" : "lines"} of the answer could not be read`];
  return { lines, warnings };
}

function readLine(row: string): Line | undefined {
  const fields = parseJson(row);
  if (!isRecord(fields)) return undefined;
  const at = Date.parse(String(fields["_time"]));
  if (Number.isNaN(at)) return undefined;
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => !own.has(name)));
  const message = fields["_msg"];
  return { at, text: typeof message === "string" ? message : JSON.stringify(others), labels: readLabels(others) };
}
