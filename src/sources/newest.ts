import { sayDuration } from "../duration.ts";
import type { Tried } from "../world/httpRead.ts";
import type { Answer, Line } from "./source.ts";

/** 5,000 lines of an ordinary length fit, and leave room for what is made of them */
export const longestLines = 8 << 20;

/** One asking for at most `limit` lines. `atMost`: so many would do, where the reply was refused for their number. */
export interface Asked {
  result: Tried;
  read: { data: Line[]; warnings: string[] } | { error: string };
  atMost?: number | undefined;
}

/**
 * The newest lines, as many as are wanted, as the server allows and as fit: an answer that is too large is asked for again
 * with an eighth of the lines, twice at most.
 */
export async function newestLines(limit: number, ask: (limit: number) => Promise<Asked>): Promise<Answer<Line[]>> {
  let [wanted, ms] = [Math.max(1, limit), 0];
  for (let tries = 1; ; tries++) {
    const { result, read, atMost } = await ask(wanted);
    ms += result.ms;
    if (!("error" in read)) {
      const warnings =
        wanted < limit && read.data.length >= wanted ? [`only the newest ${wanted} lines were read`] : [];
      return { data: read.data, warnings: [...read.warnings, ...warnings], ms };
    }
    const fewer = atMost ?? ("tooLarge" in result ? Math.floor(wanted / 8) : 0);
    if (tries === 3 || fewer < 1 || fewer >= wanted) return { error: read.error, ms };
    wanted = fewer;
  }
}

/** "41 ms, newest line 12s old" */
export function sayNewest(ms: number, at: number | undefined, now: number): string {
  const took = `${Math.round(ms)} ms`;
  if (at === undefined) return `${took}, but no line in the last hour: is the tenant right?`;
  return at > now + 1000
    ? `${took}, newest line ${sayDuration(at - now)} ahead of our clock`
    : `${took}, newest line ${sayDuration(now - at)} old`;
}
