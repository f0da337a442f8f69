import { readFileSync } from "node:fs";
import type { Recorded } from "../sources/recorded.ts";

/** What a real server was asked and answered; `name`: a file of `fixtures/`. */
export function readRecorded(name: string): Record<string, Recorded> {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text) as Record<string, Recorded>;
}
