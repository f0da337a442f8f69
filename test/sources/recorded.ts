import { readFileSync } from "node:fs";
import type { Answer } from "../../src/sources/source.ts";
import type { HttpRequest } from "../../src/world/http.ts";
import type { FakeAnswer } from "../fake/http.ts";

/** What a real server was asked and answered. */
export interface Recorded {
  method: string;
  /** as sent, with its query */
  path: string;
  /** headers that were sent and mean something */
  sent: Record<string, string>;
  form: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** `name`: a file of `fixtures/`. */
export function readRecorded(name: string): Record<string, Recorded> {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text) as Record<string, Recorded>;
}

/** Where a request goes and what it says, whether in its query or in a form. */
export function saidBy(request: Pick<HttpRequest, "url" | "body">): { path: string; said: Record<string, string> } {
  const url = new URL(request.url, "http://store.test");
  const said = Object.fromEntries([...url.searchParams, ...new URLSearchParams(request.body)]);
  return { path: url.pathname, said };
}

/**
 * Answers what was recorded for exactly this question and these headers; everything else fails the test. `besides` is said
 * by us only.
 */
export function replay(all: Record<string, Recorded>, names: readonly string[], besides: readonly string[] = []) {
  return (request: HttpRequest): FakeAnswer | undefined => {
    const { path, said } = saidBy(request);
    for (const word of besides) delete said[word];
    return names
      .map((name) => all[name]!)
      .find((one) => {
        const asked = saidBy({ url: one.path, body: one.form });
        const same = Object.entries(one.sent).every(([name, value]) => request.headers?.[name] === value);
        return same && asked.path === path && JSON.stringify(sorted(asked.said)) === JSON.stringify(sorted(said));
      });
  };
}

function sorted(record: Record<string, string>): [string, string][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export function dataOf<T>(answer: Answer<T>): T {
  if ("error" in answer) throw new Error(answer.error);
  return answer.data;
}
