import { shorten } from "../harmless.ts";
import { isPair, isRecord, readLabels } from "./json.ts";
import { parseAnswer } from "./rows.ts";
import type { Line, Sample, Series } from "./source.ts";
import { readStreams } from "./streams.ts";

/** What Prometheus, Loki, VictoriaLogs or what speaks like them answered, as data; or what is wrong with it, in plain words. */
export type PromAnswer =
  | { samples: Sample[]; warnings: string[] }
  | { series: Series[]; warnings: string[] }
  | { lines: Line[]; warnings: string[] }
  | { error: string };

/** The data in the shape that was asked for; else what to ask instead. */
export function inShape<Shape extends "samples" | "series" | "lines">(
  answer: PromAnswer,
  shape: Shape,
  host: string,
): { data: Extract<PromAnswer, Record<Shape, unknown>>[Shape]; warnings: string[] } | { error: string } {
  if ("error" in answer) return answer;
  if (shape in answer) {
    const fitting = answer as Extract<PromAnswer, Record<Shape, unknown>>;
    return { data: fitting[shape], warnings: answer.warnings };
  }
  if (shape === "lines") return { error: `${host} answered numbers where log lines were asked` };
  if ("lines" in answer) return { error: `${host} answered log lines: the query must count or sum them` };
  return {
    error:
      shape === "series"
        ? `${host} answered a single value where a range was asked`
        : `${host} answered a range of values: put rate(), avg_over_time() or the like around the query`,
  };
}

/** Reads the body of a query, whatever the HTTP status was. */
export function readPromAnswer(body: string): PromAnswer {
  try {
    return readAnswer(parseAnswer(body));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { error: `answered ${sayBody(body)} instead of JSON` };
  }
}

/** Reads the body of a question for names, whatever the HTTP status was. */
export function readValues(body: string): { data: string[]; warnings: string[] } | { error: string } {
  const names = namesIn(body);
  if (names !== undefined) return names;
  const answer = readPromAnswer(body);
  return "error" in answer ? answer : { error: "answered numbers where names were asked" };
}

function namesIn(body: string): { data: string[]; warnings: string[] } | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    if (!isRecord(answer) || answer["status"] !== "success" || !Array.isArray(answer["data"])) return undefined;
    return { data: answer["data"].filter((name) => typeof name === "string"), warnings: warningsIn(answer) };
  } catch {
    return undefined;
  }
}

function readAnswer({ answer, rows = [] }: ReturnType<typeof parseAnswer>): PromAnswer {
  if (!isRecord(answer)) return { error: "answered JSON that is no answer to a query" };
  if (answer["status"] === "error" || answer["error"] !== undefined) return { error: sayApiError(answer) };
  const data = answer["data"];
  if (answer["status"] !== "success" || !isRecord(data)) return { error: "answered JSON that is no answer to a query" };
  return readResult(data, rows, warningsIn(answer));
}

function warningsIn(answer: Record<string, unknown>): string[] {
  return [answer["warnings"], answer["infos"]].flatMap((list) =>
    Array.isArray(list) ? list.filter((w) => typeof w === "string").map((w) => shorten(w, 300)) : [],
  );
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
    case "streams": {
      const read = readStreams(rows);
      return read === undefined ? broken : { lines: read.lines, warnings: [...warnings, ...read.warnings] };
    }
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

const broken: PromAnswer = { error: "answered JSON that is no answer to a query" };
const histogram: PromAnswer = {
  error: "answered native histograms: put histogram_quantile() or histogram_sum() around the query",
};

/** Numbers are strings, also "NaN", "+Inf", "-Inf" and, in some stores, "". */
function readNumber(text: unknown): number {
  if (text === "+Inf" || text === "Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  return text === "" ? Number.NaN : Number(text);
}
