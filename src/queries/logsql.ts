import { formatDuration, parseDuration } from "../duration.ts";
import { applyEdits, type Matcher, type Refused } from "./edit.ts";
import { quote } from "./quote.ts";

export interface LogsqlRewriting {
  /** field → value that every line must have */
  filters?: readonly Matcher[];
  /** how far back from the time of the question is looked; replaces `_time:5m` where the expression has one */
  windowMs?: number;
}

/** The expression, narrowed and with another window; or why that would give a wrong number. */
export function rewriteLogsql(text: string, { filters = [], windowMs }: LogsqlRewriting): { logsql: string } | Refused {
  const parts = partsOf(text);
  if ("refused" in parts) return parts;
  const own = timesOf(parts);
  const timed = windowMs === undefined ? [] : own;
  if (timed.some(({ ms }) => ms === undefined))
    return { refused: "the expression has a _time filter of its own that is no plain duration like _time:5m" };
  const window = windowMs === undefined ? "" : formatDuration(windowMs);
  const body = applyEdits(
    parts.filter,
    timed.map(({ from, to }) => ({ from, to, insert: window })),
  ).trim();
  const words = filters.map(({ label, value }) => `${sayField(label)}:=${quote(value)}`);
  if (windowMs !== undefined && timed.length === 0) words.unshift(`_time:${window}`);
  const filter = words.length === 0 ? body : [...words, `(${body})`].join(" AND ");
  return { logsql: [filter, ...parts.pipes].join(" | ") };
}

/** The `_time:5m` of an expression, ms; undefined when it has none that is a plain duration. */
export function windowOfLogsql(text: string): number | undefined {
  const parts = partsOf(text);
  const all = "refused" in parts ? [] : timesOf(parts).flatMap(({ ms }) => ms ?? []);
  return all.length === 0 ? undefined : Math.max(...all);
}

/** Whether an expression counts or sums; else it gives log lines. */
export function hasStats(text: string): boolean {
  const parts = partsOf(text);
  return !("refused" in parts) && parts.pipes.some((pipe) => /^stats\b/i.test(pipe));
}

/** What filters, and what is done with the lines, without comments. `bare`: the filter with its strings blank. */
interface Parts {
  filter: string;
  bare: string;
  pipes: string[];
}

/**
 * The language has no grammar here, so nothing of it is understood but its strings, comments and brackets: enough to know
 * that what is put in front holds for the whole.
 */
function partsOf(text: string): Parts | Refused {
  const unread = (why: string): Refused => ({ refused: `the expression cannot be read: ${why}` });
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|["'`()[\]{}|]/gsu;
  const pieces = [{ text: "", bare: "" }];
  const add = (text: string, bare = text) => {
    pieces.at(-1)!.text += text;
    pieces.at(-1)!.bare += bare;
  };
  let [depth, end] = [0, 0];
  for (const { 0: found, index } of text.matchAll(token)) {
    add(text.slice(end, index));
    end = index + found.length;
    if (found.startsWith("#")) continue;
    if (found.length > 1) {
      add(found, " ".repeat(found.length));
      continue;
    }
    if (/["'`]/.test(found)) return unread(`the string that starts with ${found} is not closed`);
    if (/[([{]/.test(found)) depth++;
    if (/[)\]}]/.test(found) && --depth < 0) return unread(`a ${found} closes nothing`);
    if (found === "|" && depth === 0) pieces.push({ text: "", bare: "" });
    else add(found);
  }
  add(text.slice(end));
  if (depth > 0) return unread("a bracket is not closed");
  const [filter, ...pipes] = pieces.map((piece) => piece.text);
  if (filter!.trim() === "") return unread("it filters nothing, write * for every line");
  const foreign = pipes
    .map((pipe) => /^\s*(json|logfmt|line_format|label_format|unwrap|decolorize|pattern|regexp)\b/.exec(pipe)?.[1])
    .find((name) => name !== undefined);
  if (foreign !== undefined)
    // VictoriaLogs takes it for a filter that nothing fits, and answers with nothing
    return unread(`"| ${foreign}" is LogQL; in LogsQL it is unpack_json, unpack_logfmt, extract or format`);
  return { filter: filter!, bare: pieces[0]!.bare, pipes: pipes.map((pipe) => pipe.trim()) };
}

/** The durations behind `_time:`; `ms` is undefined where something else stands there. */
function timesOf({ filter, bare }: Parts): { from: number; to: number; ms: number | undefined }[] {
  return [...bare.matchAll(/(?<![\w.:-])_time\s*:\s*/g)].map(({ 0: found, index }) => {
    const from = index + found.length;
    const word = /^[^\s()|]*/.exec(filter.slice(from))![0];
    return { from, to: from + word.length, ms: parseDuration(word) };
  });
}

function sayField(name: string): string {
  return /^[A-Za-z_][\w.]*$/.test(name) && !/^(and|or|not)$/i.test(name) ? name : quote(name);
}
