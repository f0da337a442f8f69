import type { Call } from "../sources/source.ts";
import type { Mark } from "../timeline/sample.ts";
import type { Context } from "./context.ts";

/** What a person said of one call. */
export interface Verdict {
  mark: Mark;
  note?: string;
}

export interface Judging {
  of: string;
  source: string;
  calls: readonly Call[];
  /** each is marked good or bad; else they are only shown */
  rate: boolean;
}

const looking = { t: "all of its text", q: "enough", " ": "next" };
const rating = { g: "good", b: "bad", n: "note", ...looking };

/** One call after the other on the screen, until the last or until it is enough. */
export async function judge(
  { of, source, calls, rate }: Judging,
  verdicts: Map<string, Verdict>,
  context: Context,
): Promise<void> {
  for (const [i, call] of calls.entries()) {
    const name = `Call ${i + 1} of ${calls.length}`;
    const at = { name, says: `${of}, from ${source}` };
    context.show.call(call, at, "fit");
    for (let done = false; !done;) {
      const key = await context.choose({
        question: rate ? `${name}: is it as it should be?` : name,
        choices: [{ value: " ", label: i + 1 < calls.length ? "The next one" : "That was the last" }],
        proposed: " ",
        keys: rate ? rating : looking,
      });
      const known = verdicts.get(call.id) ?? { mark: "unrated" };
      if (key === "q") return;
      if (key === "t") context.show.call(call, at, "whole");
      else if (key === "n") {
        const note = (await context.line("note:")).trim();
        if (note !== "") verdicts.set(call.id, { ...known, note });
      } else {
        if (key === "g" || key === "b") verdicts.set(call.id, { ...known, mark: key === "g" ? "good" : "bad" });
        done = true;
      }
    }
  }
}
