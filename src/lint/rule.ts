import type { Document, Path } from "../document/document.ts";
import type { Mistake } from "../queries/check.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Catalogue } from "../signals/catalogue.ts";
import type { Expression } from "./expression.ts";

export interface KnownRunbook {
  file: string;
  runbook: Runbook;
}

/** What files may name that is not in them. What is left out is not known and not checked. */
export interface Known {
  /** all that are linted, and of the others those that none of them replaces */
  runbooks: readonly KnownRunbook[];
  /** names: those of the catalogue and the project's own */
  signals?: readonly string[];
  catalogue?: Catalogue;
  /** what the database said of SQL aggregate expressions, by their text */
  sql?: ReadonlyMap<string, readonly Mistake[]>;
}

/** What rules look at: each file by its kind, every YAML text, and every expression wherever it is written. */
export interface Subjects {
  runbook: Runbook;
  yaml: Document;
  promql: Expression;
  logql: Expression;
  sql: Expression;
}

/**
 * Where a mistake is. A path is one of the file; of an expression it is left out, `from` and `to` then are its characters.
 * A list of one may be written without the list, a signal without its key: then the nearest value above is meant.
 */
export type Place =
  | {
      path?: Path;
      /** the key at `path` is meant, not its value */
      key?: boolean;
      /** characters of the text at `path`, `to` exclusive */
      from?: number;
      to?: number;
    }
  /** offsets in the file, `end` exclusive */
  | { start: number; end: number };

/**
 * `next`: what the reader does about it. `fix`: what `--fix` writes at the place, only where nobody could want anything
 * else.
 */
export type Report = (place: Place, message: string, next?: string, fix?: string) => void;

/** One kind of mistake. Sees no clock, no network, no secrets. */
export type Rule = { [On in keyof Subjects]: RuleOn<On> }[keyof Subjects];

export interface RuleOn<On extends keyof Subjects> {
  on: On;
  name: string;
  summary: string;
  severity: "error" | "warning";
  /** one sentence: what happens at night because of the mistake */
  why: string;
  /** the incident, or the real file, in which it would have been caught; for the documentation */
  seen: string;
  /**
   * What has the mistake, and what has not: documentation and test. For `runbook` and the expressions evidence and steps of
   * a runbook, else a whole file.
   */
  bad: string;
  good: string;
  check(subject: Subjects[On], known: Known, report: Report): void;
}
