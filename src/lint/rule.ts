import type { Document, Path } from "../document/document.ts";
import type { Facts } from "../models/facts.ts";
import type { PlacedField } from "../postmortem/inspect.ts";
import type { Config } from "../projectFile.ts";
import type { Mistake } from "../queries/check.ts";
import type { TestFile } from "../rehearse/schema.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Catalogue } from "../signals/catalogue.ts";
import type { StackFile } from "../signals/stack.ts";
import type { Expression } from "./expression.ts";
import type { Metrics } from "./metrics.ts";
import type { AlertRule } from "./kinds/ruleFile.ts";

export interface KnownRunbook {
  file: string;
  runbook: Runbook;
}

/** A project file. What its rules look at besides is in its document: values as they are written. */
interface ProjectFile {
  config: Config;
  document: Document;
}

/** A file of tests, likewise. */
interface RunbookTest {
  file: TestFile;
  document: Document;
}

/** What is beside a project file. */
export interface Beside {
  /** names of the stacks that it can choose from */
  stacks: readonly string[];
  /** the folder that `runbooks` names is not there */
  noRunbooks: boolean;
}

export interface KnownAlert {
  file: string;
  rule: AlertRule;
}

/** What files may name that is not in them. What is left out is not known and not checked. */
export interface Known {
  /** all that are linted, and of the others those that none of them replaces */
  runbooks: readonly KnownRunbook[];
  /** ids of those that cannot be read: that is a finding of its own, and who names them made no mistake */
  unread?: ReadonlySet<string>;
  /** names: those of the catalogue and the project's own */
  signals?: readonly string[];
  catalogue?: Catalogue;
  /** of the known stacks */
  metrics?: Metrics;
  /** by project file, as it is told */
  beside?: ReadonlyMap<string, Beside>;
  /** of all rule files that are linted; left out where there are none */
  alerts?: readonly KnownAlert[];
  /** what the database said of SQL aggregate expressions, by their text */
  sql?: ReadonlyMap<string, readonly Mistake[]>;
}

/** What rules look at: each file by its kind, every YAML text, and every expression wherever it is written. */
export interface Subjects {
  runbook: Runbook;
  /** all rules of a Prometheus rule file */
  alerts: readonly AlertRule[];
  project: ProjectFile;
  signals: StackFile;
  catalogue: Catalogue;
  models: Readonly<Record<string, Facts>>;
  test: RunbookTest;
  /** every field that a template names */
  template: readonly PlacedField[];
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
export type Report = (place: Place, message: string, next?: string, fix?: Fix) => void;

/** What is written, or instead of which word: only where that word, and nothing that stands for it, is at the place. */
export type Fix = string | { word: string; by: string };

/** One kind of mistake. Sees no clock, no network, no secrets. */
export type Rule = { [On in keyof Subjects]: RuleOn<On> }[keyof Subjects];

export interface RuleOn<On extends keyof Subjects> {
  on: On;
  name: string;
  summary: string;
  severity: "error" | "warning";
  /** it finds nothing where this is not known */
  needs?: keyof Known;
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
