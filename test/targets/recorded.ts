import { readFileSync } from "node:fs";
import type { Exchange, FakeAnswer } from "../fake/http.ts";
import type { Recorded } from "../sources/recorded.ts";

export type { Recorded };

/** What a real server was asked and answered; `name`: a file of `fixtures/`. */
export function readRecorded(name: string): Record<string, Recorded> {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text) as Record<string, Recorded>;
}

/** The exchange as it was, to the byte: another request fails the test. */
export function exactly({ method, path, sent, form, ...answer }: Recorded, base: string): Exchange {
  return { method: method as Exchange["method"], url: base + path, headers: sent, body: form, answer };
}

/** What the server said, to whatever was asked. */
export function saying({ status, headers, body }: Recorded): FakeAnswer {
  return { status, headers, body };
}
