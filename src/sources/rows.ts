/** What is parsed in one piece; beyond it, what is made of a row lives no longer than it takes to read it. */
const small = 256 * 1024;

/**
 * A Prometheus answer as JSON, its rows one by one: parsed at once, a few large answers would take more memory than the
 * program may have. Throws what `JSON.parse` throws, but for a row's mistake only when that row is reached.
 */
export function parseAnswer(text: string): { answer: unknown; rows: Iterable<unknown> | undefined } {
  const start = text.length > small ? text.indexOf(open) + open.length : 0;
  const end = start < open.length ? -1 : endOfList(text, start);
  if (end !== -1) {
    const answer: unknown = JSON.parse(text.slice(0, start) + text.slice(end));
    const { data } = answer as { data?: { result?: unknown } | null };
    // with the rows gone, the list that a reader will look at is empty: it was this one
    if (Array.isArray(data?.result) && data.result.length === 0) return { answer, rows: rowsOf(text, start, end) };
  }
  const answer: unknown = JSON.parse(text);
  const result = (answer as { data?: { result?: unknown } | null } | null)?.data?.result;
  return { answer, rows: Array.isArray(result) ? (result as unknown[]) : undefined };
}

/** Never inside a text: there its quotes are escaped. */
const open = '"result":[';

function* rowsOf(text: string, start: number, end: number): Generator<unknown> {
  if (text.slice(start, end).trim() === "") return;
  for (let from = start; ;) {
    const until = endOfRow(text, from, end);
    yield JSON.parse(text.slice(from, until));
    if (until === end) return;
    from = until + 1;
  }
}

/** Where the bracket is that closes a list whose inside begins at `from`; -1 when none does. */
function endOfList(text: string, from: number): number {
  return scan(text, from, text.length, (depth) => depth < 0);
}

/** Where the comma behind the row at `from` is, or `end`. */
function endOfRow(text: string, from: number, end: number): number {
  const at = scan(text, from, end, (depth, code) => depth === 0 && code === comma);
  return at === -1 ? end : at;
}

const [quote, backslash, comma] = [34, 92, 44];

/** The first place outside of texts where `stop` holds; `depth` counts the brackets that are open since `from`. */
function scan(text: string, from: number, end: number, stop: (depth: number, code: number) => boolean): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      for (at++; at < end && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
      continue;
    }
    if (code === 91 || code === 123) depth++;
    else if (code === 93 || code === 125) depth--;
    else if (code !== comma) continue;
    if (stop(depth, code)) return at;
  }
  return -1;
}
