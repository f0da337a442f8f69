export interface Matcher {
  label: string;
  value: string;
}

export interface Refused {
  /** plain words, a whole sentence without the full stop */
  refused: string;
}

/** Replaces `[from, to)` of a text by `insert`. Edits of one text do not overlap. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { from, to, insert } of edits.toSorted((a, b) => b.from - a.from)) {
    result = result.slice(0, from) + insert + result.slice(to);
  }
  return result;
}
