import { isRecord, readLabels } from "./json.ts";
import type { Line } from "./source.ts";

/**
 * Loki's rows of log lines as one list, newest first: with a parser nearly every line is a stream of its own. Lines that
 * the query's own parser could not read stay, and are counted in a warning. Undefined where a row is no stream.
 */
export function readStreams(rows: Iterable<unknown>): { lines: Line[]; warnings: string[] } | undefined {
  const found: { ns: string; line: Line }[] = [];
  for (const row of rows) {
    if (!isRecord(row) || !Array.isArray(row["values"])) return undefined;
    const labels = readLabels(row["stream"]);
    for (const entry of row["values"] as unknown[]) {
      const [ns, text, own] = Array.isArray(entry) ? (entry as unknown[]) : [];
      if (typeof ns !== "string" || !/^\d{1,19}$/.test(ns) || typeof text !== "string") return undefined;
      found.push({
        ns,
        line: { at: msOf(ns), text, labels: isRecord(own) ? { ...labels, ...labelsOf(own) } : labels },
      });
    }
  }
  // as texts: a number of that length has lost its last digits
  found.sort((a, b) => b.ns.length - a.ns.length || (a.ns < b.ns ? 1 : a.ns > b.ns ? -1 : 0));
  const lines = found.map(({ line }) => line);
  return { lines, warnings: sayUnread(lines.filter(({ labels }) => labels["__error__"] !== undefined).length) };
}

/** The warning about log lines that could not be parsed, if there were any. */
export function sayUnread(count: number): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? "line" : "lines"} could not be parsed`];
}

function msOf(ns: string): number {
  return Math.floor(Number(ns.slice(0, -3)) / 1000);
}

/** What an entry carries itself where labels are told apart by where they come from. */
function labelsOf(own: Record<string, unknown>): Record<string, string> {
  return { ...readLabels(own["structuredMetadata"]), ...readLabels(own["parsed"]) };
}
