import type { Document, Finding } from "../../document/document.ts";
import type { Written } from "../expression.ts";
import type { Subjects } from "../rule.ts";

/** One kind of file that people write. */
export type FileKind = { [On in keyof Subjects]: FileKindOn<On> }[keyof Subjects];

export interface FileKindOn<On extends keyof Subjects> {
  /** "runbook", as in "3 runbooks" */
  kind: string;
  summary: string;
  /** which rules look at it */
  on: On;
  /** it is told by its name (with `/`, relative), else by what is in it: the first kind that says so */
  named?(file: string): boolean;
  holds?(value: unknown): boolean;
  read(document: Document): { subject?: Subjects[On]; findings: Finding[] };
  /** the queries in it */
  expressions?(subject: Subjects[On]): Written[];
}
