import type { Document, Finding } from "../../document/document.ts";
import type { Expression } from "../expression.ts";
import type { Subjects } from "../rule.ts";

/** One kind of file that people write. */
export type FileKind = { [On in keyof Subjects]: FileKindOn<On> }[keyof Subjects];

export interface FileKindOn<On extends keyof Subjects> {
  /** "runbook", as in "3 runbooks" */
  kind: string;
  summary: string;
  /** which rules look at it */
  on: On;
  /** it is told by its name (with `/`), else by what is in it: the first kind that says so */
  named?(file: string): boolean;
  holds?(value: unknown): boolean;
  /** it is no YAML: what is read then has the text as its value */
  plain?: true;
  /** is done once before the first is read: what a start should not pay for */
  load?(): Promise<void>;
  read(document: Document): { subject?: Subjects[On]; findings: Finding[] };
  /** the queries in it */
  expressions?(subject: Subjects[On]): Expression[];
}

/** Is it a map with all of these keys? */
export function hasKeys(value: unknown, ...keys: string[]): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    keys.every((key) => Object.hasOwn(value, key))
  );
}
