import { patternsOf, type Patterns } from "../patterns/patterns.ts";
import type { Answer, Consumer, Range, Source } from "../sources/source.ts";
import { dimensions } from "../timeline/scope.ts";
import type { Readable } from "./route.ts";

/** What the first source says that can be asked it; undefined: none can, or none answered. */
export async function askFirst<T>(
  sources: readonly Readable[],
  ask: (source: Source) => Promise<Answer<T>> | undefined,
): Promise<{ name: string; data: T } | undefined> {
  for (const { name, open } of sources) {
    const answer = await ask(open());
    if (answer !== undefined && "data" in answer) return { name, data: answer.data };
  }
  return undefined;
}

/** Lines of errors that are read for their patterns; the newest of them, where there are more. */
const mostLines = 5000;

/** What the errors of that time say, as counted templates. */
export async function errorPatterns(
  sources: readonly Readable[],
  range: Omit<Range, "limit">,
): Promise<Patterns | undefined> {
  const found = await askFirst(sources, (source) => source.errors?.({ ...range, limit: mostLines }));
  return found === undefined ? undefined : patternsOf(found.data, dimensions);
}

/** Who and what used most in that time. */
export async function topConsumers(
  sources: readonly Readable[],
  range: Omit<Range, "limit">,
): Promise<Consumer[] | undefined> {
  return (await askFirst(sources, (source) => source.consumers?.({ ...range, limit: 3 })))?.data;
}
