import type { Scope } from "./scope.ts";

/** What one request through a gateway must show while a change is in force. */
export type Expected =
  | { refused: true }
  /** one of these names, and none of those that stood there before */
  | { reports: "model" | "provider"; is: string[]; was: string[] }
  | { reports: "max_tokens"; atMost: number };

/** A change is looked at by sending one request through the gateway that it is about. */
export interface ProbeCheck {
  /** which change of the plan it shows, from 0; left out: the first */
  of?: number;
  /** its name in the project */
  probe: string;
  /** on whose behalf it asks: all that the change covers, and what else the request must name */
  scope: Scope;
  expect: Expected;
  /** its refusal does not say why: it proves something only where the same request was served before the write */
  before?: true;
  /** why it shows nothing of this change: then nothing is sent */
  cannot?: string;
}

/** One request that was sent, and what came of it: no header, no text of the prompt or of the answer. */
export interface Probed {
  probe: string;
  /** "POST 127.0.0.1:8787/v1/chat/completions, route support.reply" */
  sent: string;
  status?: number;
  /** what was reported of what was asked: a name, or a number */
  reported?: string;
  /** does it show what was expected? */
  verdict: "yes" | "no" | "unknown";
  why: string;
}

/** "must be refused" */
export function sayExpected(expect: Expected): string {
  if ("refused" in expect) return "must be refused";
  if (expect.reports === "max_tokens") return `must report max_tokens <= ${expect.atMost}`;
  return `must report ${expect.reports} ${expect.is[0] ?? ""}`;
}
