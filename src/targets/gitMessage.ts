import { shorten } from "../harmless.ts";
import { sayValue, type Value } from "../timeline/value.ts";
import type { Put } from "./keyValue.ts";

/** The commit of a change that is taken back. */
export interface Undone {
  commit: string;
  subject: string;
  /** this commit is its inverse to the byte */
  exactly: boolean;
}

/** Every text stands on one line of its own: none can end its paragraph and pass for a trailer. */
export function messageFor({ planned, cause }: Pick<Put, "planned" | "cause">, undone?: Undone): string {
  const { id, mitigation, setting, scope, before, after } = planned;
  const of = Object.values(scope).join(", ");
  const what = `${setting}${of === "" ? "" : ` of ${shorten(of, 60)}`}`;
  const verb = "absent" in after ? `Take away ${what}` : `Set ${what} to ${short(after)}`;
  const subject = undone === undefined ? `${verb} (llmops ${id})` : `Revert "${shorten(undone.subject, 160)}"`;
  const reverts =
    undone === undefined
      ? []
      : undone.exactly
        ? [`This reverts commit ${undone.commit}.`, ""]
        : [`It takes back what commit ${undone.commit} set; what changed since stays.`, ""];
  const reason = cause.reason.trim() === "" ? [] : [shorten(cause.reason, 1000), ""];
  const by = shorten(cause.by, 60);
  return [
    subject,
    "",
    ...reverts,
    ...reason,
    `Changed with llmops (${shorten(mitigation, 60)}) by ${by}: it was ${short(before)}.`,
    "",
    `Incident: ${shorten(cause.incident, 60)}`,
    `Change: ${id}`,
    "",
  ].join("\n");
}

function short(value: Value): string {
  return shorten(sayValue(value), 40);
}
