import { shorten } from "../harmless.ts";
import type { Length, Part, RangePart, SubqueryPart } from "./part.ts";
import { type Report, say } from "./types.ts";

/** `x[5m]`, `x[1h:1m]`: what may have a window, and how long it is. */
export function checkWindow(text: string, part: RangePart | SubqueryPart, report: Report): void {
  const { of, window } = part;
  const brackets = { from: text.lastIndexOf("[", window.from), to: text.indexOf("]", window.to) + 1 };
  if (part.kind === "range") {
    if (of.kind !== "selector")
      report(brackets, `only a metric has a range; for an expression write a subquery: [${said(text, window)}:]`);
    else if (of.offset !== undefined) report(of, "the window comes before the offset: x[5m] offset 1h");
    else if (of.at?.seconds !== undefined) report(of, "the window comes before the @: x[5m] @ 1700000000");
  } else {
    if (of.type !== "instant vector") report(of, `a subquery needs ${say["instant vector"]}, this is ${say[of.type]}`);
    if (part.step !== undefined) checkLength(text, part.step, "the step", report);
  }
  checkLength(text, window, "the window", report);
}

/** Prometheus counts nanoseconds in 64 bits. */
const longest = 2 ** 63 / 1e6;

function checkLength(text: string, length: Length, what: string, report: Report): void {
  if (length.ms === undefined || (length.ms > 0 && length.ms < longest)) return;
  const wrong = length.ms >= longest ? "longer than 292 years" : length.ms < 0 ? "negative" : "empty";
  report(length, `${what} ${said(text, length)} is ${wrong}: write one like 5m`);
}

export function checkOffset(text: string, part: Part, report: Report): void {
  if (!("offset" in part) || part.offset?.ms === undefined || Math.abs(part.offset.ms) < longest) return;
  report(part.offset, `the offset ${said(text, part.offset)} is longer than 292 years`);
}

function said(text: string, { from, to }: Length): string {
  return shorten(text.slice(from, to), 30);
}
