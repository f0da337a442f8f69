import { sayDuration } from "../duration.ts";
import { messageOf, UserError } from "../errors.ts";
import { shorten } from "../harmless.ts";

/** What one burst may take; a laptop during an incident has other work. */
export const memory = "200MB";
export const deadlineMs = 60_000;

export const noDuckdb = "this platform has no DuckDB build; the calls source needs it; everything else works";

/** Why the files could not be read, in plain words. */
export function explain(thrown: unknown): string {
  const said = messageOf(thrown);
  if (thrown instanceof Error && thrown.name === "TimeoutError")
    return `no answer within ${sayDuration(deadlineMs)}: use fewer or smaller files`;
  if (isGone(thrown)) return "the files went away while they were opened: ask again when their rotation is over";
  if (outOfMemory(thrown)) return `the files need more than ${memory} of memory: ask for a shorter time`;
  const cannot = /Cannot open file "(.*?)": (.*)/.exec(said);
  if (cannot !== null) return `cannot read ${shorten(cannot[1]!, 200)}: ${shorten(cannot[2]!.toLowerCase(), 80)}`;
  return thrown instanceof UserError ? said : `the call records could not be read: ${detail(thrown)}`;
}

/** DuckDB's messages begin with their kind: "Binder Error: ...". */
const kind = /^[A-Z][A-Za-z ]* Error: /;

export function isDuckdb(thrown: unknown): boolean {
  return kind.test(messageOf(thrown));
}

export function outOfMemory(thrown: unknown): boolean {
  return messageOf(thrown).startsWith("Out of Memory Error");
}

/** The sentence of DuckDB's message, without its kind, its hints and its copy of our SQL. */
export function detail(thrown: unknown): string {
  return shorten(
    messageOf(thrown)
      .replace(kind, "")
      .split(/\n|LINE \d/)[0]!,
    160,
  );
}

/** The file in which DuckDB found a line longer than it can hold (16 MiB); then nothing of that file is to be had. */
export function fileOfLongLine(thrown: unknown): string | undefined {
  return /"maximum_object_size" of \d+ bytes exceeded while reading file "([^]*?)" \(/.exec(messageOf(thrown))?.[1];
}

/**
 * A file was there when the names were read, and is not any more: logs are being rotated. DuckDB looks for a folder of that
 * name then, which it may not.
 */
export function isGone(thrown: unknown): boolean {
  return /No files found that match the pattern|Cannot open file "[^]*?": No such file|Cannot access file "[^]*\/\*\*\/\*\.json"/.test(
    messageOf(thrown),
  );
}

/** About the files, not about what was asked of them: they have to be opened anew. */
export function isAboutFiles(thrown: unknown): boolean {
  return fileOfLongLine(thrown) !== undefined || isGone(thrown);
}
