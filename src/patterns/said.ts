import { stackSaid } from "./stack.ts";

/** Longer lines are not read as JSON: what a record of that size holds is no error text. */
const longestJson = 1 << 20;
const longest = 4096;

/** What an error line says: the text itself, and of a JSON record the ids of the call it is about. */
export interface Said {
  text: string;
  call?: string;
}

/**
 * The words of an error line: of a JSON record its message, its error's type and message; of a logfmt line the same; of a
 * stack trace its error and the deepest frame of the own code; else the line, its beginning when it is very long.
 */
export function said(line: string): Said {
  const first = line.charCodeAt(0);
  if (first === 123 || first === 32 || first === 9) {
    const record = readRecord(line);
    if (record !== undefined) return ofRecord(record, 0);
  }
  const text = line.length > longest ? line.slice(0, longest) : line;
  if (text.includes("\n")) return { text: stackSaid(text) };
  if (text.includes("=")) return { text: ofLogfmt(text) ?? text };
  return { text };
}

type Record_ = Readonly<Record<string, unknown>>;

function readRecord(line: string): Record_ | undefined {
  const from = line.search(/\S/);
  if (line[from] !== "{" || line.length > longestJson) return undefined;
  try {
    return JSON.parse(line) as Record_;
  } catch {
    return undefined;
  }
}

const messages = ["message", "msg", "error_message", "errorMessage", "detail", "reason"] as const;
const causes = ["error", "err", "exception", "cause"] as const;
const kinds = ["type", "name", "error_type", "code"] as const;
const ids = ["call_id", "request_id", "trace_id"] as const;

function ofRecord(record: Record_, depth: number): Said {
  const message = firstText(record, messages, depth);
  let cause: string | undefined;
  for (const name of causes) {
    const value = own(record, name);
    if (isRecord(value)) cause = depth < 3 ? ofRecord(value, depth + 1).text : undefined;
    else if (typeof value === "string" && value !== "") cause = plain(value, depth);
    if (cause !== undefined && cause !== "") break;
  }
  // of a log line the kind is the kind of the line, of an error that of the error
  const kind = depth === 0 && cause !== undefined ? undefined : firstText(record, kinds, depth);
  const words = [kind, message, cause].filter((part) => part !== undefined && part !== "") as string[];
  const told = words.filter(
    (part, i) => !words.some((more, j) => j !== i && more.includes(part) && (more.length > part.length || j < i)),
  );
  const call = ids.map((name) => own(record, name)).find((id) => typeof id === "string" && id !== "") as
    string | undefined;
  const text =
    told.length === 0
      ? `record with ${Object.keys(record).toSorted().slice(0, 8).join(", ") || "nothing in it"}`
      : told.join(": ");
  return call === undefined ? { text } : { text, call };
}

function firstText(record: Record_, names: readonly string[], depth: number): string | undefined {
  for (const name of names) {
    const value = own(record, name);
    if (typeof value === "string" && value !== "") return plain(value, depth);
    if (typeof value === "number" && name === "code") return `code ${value}`;
  }
  return undefined;
}

/** A text may hold a record or a stack trace again. */
function plain(text: string, depth: number): string {
  if (text.charCodeAt(0) === 123 && depth < 3) {
    const record = readRecord(text);
    if (record !== undefined) return ofRecord(record, depth + 1).text;
  }
  const cut = text.length > longest ? text.slice(0, longest) : text;
  return cut.includes("\n") ? stackSaid(cut) : cut;
}

function own(record: Record_, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const pair = /(?:^|\s)(msg|message|error|err|error\.message|exception)=("(?:[^"\\]|\\.)*"|[^\s"]\S*)/g;

/** undefined: no logfmt line. */
function ofLogfmt(text: string): string | undefined {
  let [message, cause] = ["", ""];
  for (const [, name, value] of text.matchAll(pair)) {
    const words = value!.startsWith('"') ? value!.slice(1, -1).replace(/\\(["\\])/g, "$1") : value!;
    if (name!.startsWith("m")) message ||= words;
    else cause ||= words;
  }
  if (message === "" && cause === "") return undefined;
  return message.includes(cause) ? message : message === "" ? cause : `${message}: ${cause}`;
}
