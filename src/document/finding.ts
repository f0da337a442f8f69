/** A place in a text: 1-based line and column (in UTF-16 units). */
export interface Position {
  line: number;
  column: number;
}

/** A result with a place, never thrown. */
export interface Finding {
  file: string;
  at: Position;
  /** end of the offending text on the same line, exclusive */
  endColumn?: number;
  rule: string;
  severity: "error" | "warning";
  message: string;
  /** what the mistake leads to, in one sentence */
  why?: string;
  next?: string;
  /** what mends it for certain: these characters of the file are replaced */
  fix?: Edit;
  /** said in the file to be as it should be, with a reason: told, but never counted */
  suppressed?: { reason: string };
}

/** Characters of a text (offsets in UTF-16 units, `end` exclusive) and what takes their place. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

export type Path = readonly (string | number)[];
