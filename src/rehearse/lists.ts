import type { Path } from "../document/document.ts";
import type { Happened } from "./rehearse.ts";
import type { Moved, Sent } from "./schema.ts";
import { spellMoved, spellSent } from "./spell.ts";

/** One thing that is not as it was expected, below the test; `nth`: in which case. */
export interface Miss {
  path: Path;
  key?: boolean;
  message: string;
  nth?: number;
}

export function changeMisses(expected: readonly Moved[], happened: readonly Happened[]): Miss[] {
  return listMisses("changes", expected.map(spellMoved), changesIn(happened));
}

/** The words of a message are compared where the test has them. */
export function sentMisses(expected: readonly Sent[], happened: readonly Happened[]): Miss[] {
  const words = expected.some((one) => "text" in one && one.text !== undefined);
  return listMisses(
    "sent",
    expected.map((one) => spellSent(one, words)),
    sentIn(happened, words),
  );
}

/** As YAML; of one walk in their order, of several everything that any of them planned, once. */
export function changesIn(happened: readonly Happened[]): string[] {
  return once(happened.map(({ changes }) => changes.map(spellMoved)));
}

export function sentIn(happened: readonly Happened[], words: boolean): string[] {
  return once(happened.map(({ sent }) => sent.map((one) => spellSent(one, words))));
}

function once(walks: readonly string[][]): string[] {
  return walks.length === 1 ? walks[0]! : [...new Set(walks.flat())];
}

/** Both are in the order of the walk: what comes between two that fit does not. */
function listMisses(what: "changes" | "sent", expected: readonly string[], happened: readonly string[]): Miss[] {
  const misses: Miss[] = [];
  let next = 0;
  const extra = (until: number, path: Path) => {
    for (const one of happened.slice(next, until))
      misses.push({ path, key: true, message: `${what}, not expected: ${one}` });
    next = until;
  };
  for (const [nth, wanted] of expected.entries()) {
    const found = happened.indexOf(wanted, next);
    const path = ["expect", what, nth];
    if (found === -1) misses.push({ path, message: `${what}, expected and not there: ${wanted}` });
    else {
      extra(found, path);
      next = found + 1;
    }
  }
  extra(happened.length, ["expect", what]);
  return misses;
}
