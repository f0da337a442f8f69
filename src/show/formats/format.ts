import type { Finding } from "../../document/document.ts";
import type { Paint } from "../paint.ts";
import type { FormatName } from "./names.ts";

/** One way to tell findings. A new one is a file here, a line in index.ts and its name in names.ts. */
export interface Format {
  kind: FormatName;
  /** who reads it */
  summary: string;
  /** the whole report without the newline at its end; "" where there is nothing to say */
  render(linted: Linted, paint: Paint): string;
}

/** What a report is about. */
export interface Linted {
  /** in the order in which they are told; also those that are suppressed */
  findings: readonly Finding[];
  /** of all files that were looked at, by their names */
  texts: ReadonlyMap<string, string>;
  /** what each of them is: "runbook" */
  kinds?: ReadonlyMap<string, string>;
  /** what is known of the rules that were applied */
  rules?: readonly RuleFacts[];
}

/** What a rule says of itself. `bad` and `good`: a text that has the mistake, and one that has not; "": nobody can show one. */
export interface RuleFacts {
  name: string;
  summary: string;
  severity: "error" | "warning";
  why: string;
  bad: string;
  good: string;
}

/** The findings that somebody has to do something about. */
export function open({ findings }: Linted): Finding[] {
  return findings.filter(({ suppressed }) => suppressed === undefined);
}

/** The same for each file, also those without. */
export function byFile(linted: Linted): [file: string, findings: Finding[]][] {
  const files = new Map([...linted.texts.keys()].map((file): [string, Finding[]] => [file, []]));
  for (const finding of open(linted)) {
    const found = files.get(finding.file);
    if (found === undefined) files.set(finding.file, [finding]);
    else found.push(finding);
  }
  return [...files];
}

/** Lines that nobody breaks and nobody colours: for files, logs and what reads them. */
export const bare: Paint = { columns: Infinity, unicode: true, style: (_, text) => text };
