import { harmless, shorten } from "../harmless.ts";
import { parseAnswer } from "./rows.ts";
import type { Sample, Series } from "./source.ts";

/** What a Prometheus-compatible query API answered, as data; or what is wrong with it, in plain words. */
export type PromAnswer =
  { samples: Sample[]; warnings: string[] } | { series: Series[]; warnings: string[] } | { error: string };

/** Reads the body of `/api/v1/query` or `/api/v1/query_range` (also Loki's metric queries), whatever the HTTP status was. */
export function readPromAnswer(body: string): PromAnswer {
  try {
    return readAnswer(parseAnswer(body));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { error: `answered ${sayBody(body)} instead of JSON` };
  }
}

function readAnswer({ answer, rows = [] }: ReturnType<typeof parseAnswer>): PromAnswer {
  if (!isRecord(answer)) return { error: "answered JSON that is no Prometheus answer" };
  if (answer["status"] === "error" || answer["error"] !== undefined) return { error: sayApiError(answer) };
  const data = answer["data"];
  if (answer["status"] !== "success" || !isRecord(data)) return { error: "answered JSON that is no Prometheus answer" };
  const warnings = [answer["warnings"], answer["infos"]].flatMap((list) =>
    Array.isArray(list) ? list.filter((w) => typeof w === "string").map((w) => shorten(w, 300)) : [],
  );
  return readResult(data, rows, warnings);
}

/** What a text is that should have been JSON. */
export function sayBody(body: string): string {
  if (body.trim() === "") return "nothing";
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(body)) {
    const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1]?.trim();
    return `a web page${title === undefined || title === "" ? "" : ` ("${shorten(title, 60)}")`}`;
  }
  return `"${shorten(body, 120)}"`;
}

function sayApiError(answer: Record<string, unknown>): string {
  const type = typeof answer["errorType"] === "string" ? answer["errorType"] : "";
  const raw =
    typeof answer["error"] === "string" ? answer["error"] : JSON.stringify(answer["error"] ?? "no reason given");
  const text = shorten(raw.replace(/^invalid parameter "query": /, ""), 300);
  if (type === "timeout") return `gave up: ${text}; try a shorter window or a narrower scope`;
  if (type === "bad_data") return `refused the query: ${text}`;
  return `could not answer: ${text}`;
}

function readResult(data: Record<string, unknown>, rows: Iterable<unknown>, warnings: string[]): PromAnswer {
  const result = data["result"] ?? [];
  switch (data["resultType"]) {
    case "vector": {
      const samples: Sample[] = [];
      for (const row of rows) {
        if (!isRecord(row)) return broken;
        const pair = row["value"];
        if (!isPair(pair)) return row["histogram"] === undefined ? broken : histogram;
        samples.push({ labels: readLabels(row["metric"]), value: readNumber(pair[1]) });
      }
      return { samples, warnings };
    }
    case "matrix":
      return readMatrix(rows, warnings);
    case "scalar":
      return isPair(result) ? { samples: [{ labels: {}, value: readNumber(result[1]) }], warnings } : broken;
    case "string":
      return { error: "answered a text: the query must give numbers" };
    case "streams":
      return { error: "answered log lines: the query must count or sum them" };
    default:
      return broken;
  }
}

function readMatrix(rows: Iterable<unknown>, warnings: string[]): PromAnswer {
  const series: Series[] = [];
  let [block, end] = [new Float64Array(0), 0];
  for (const row of rows) {
    if (!isRecord(row)) return broken;
    const pairs = row["values"];
    if (!Array.isArray(pairs)) return row["histograms"] === undefined ? broken : histogram;
    if (end + 2 * pairs.length > block.length)
      [block, end] = [new Float64Array(Math.max(2 * pairs.length, leastBlock)), 0];
    const from = end;
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      block[end++] = Math.round(Number(pair[0]) * 1000);
      block[end++] = readNumber(pair[1]);
    }
    series.push(new Packed(readLabels(row["metric"]), block, from, end));
  }
  return { series, warnings };
}

const leastBlock = 4096;

/**
 * Points lie in blocks of numbers that series share, and a series gives its own out when it is asked: several hundred
 * thousand small objects for each of a burst of answers would not fit into memory.
 */
class Packed implements Series {
  readonly labels: Record<string, string>;
  readonly #block: Float64Array;
  readonly #from: number;
  readonly #end: number;

  constructor(labels: Record<string, string>, block: Float64Array, from: number, end: number) {
    this.labels = labels;
    this.#block = block;
    this.#from = from;
    this.#end = end;
  }

  get points() {
    const points = [];
    for (let i = this.#from; i < this.#end; i += 2) points.push({ at: this.#block[i]!, value: this.#block[i + 1]! });
    return points;
  }
}

const broken: PromAnswer = { error: "answered JSON that is no Prometheus answer" };
const histogram: PromAnswer = {
  error: "answered native histograms: put histogram_quantile() or histogram_sum() around the query",
};

function readLabels(metric: unknown): Record<string, string> {
  if (!isRecord(metric)) return {};
  const labels: Record<string, string> = {};
  for (const name in metric) {
    const plain = /^\w+$/.test(name) ? name : harmless(name);
    if (plain !== "__proto__") labels[plain] = String(metric[name]);
  }
  return labels;
}

/** Numbers are strings, also "NaN", "+Inf", "-Inf" and, in some stores, "". */
function readNumber(text: unknown): number {
  if (text === "+Inf" || text === "Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  return text === "" ? Number.NaN : Number(text);
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
