import { shorten } from "../harmless.ts";
import type { Matching, SelectorPart, TextPart } from "./part.ts";
import { readPattern } from "./regex.ts";
import { wrongEscape } from "./strings.ts";
import { isClosed, unclosed } from "./syntax.ts";
import type { Report } from "./types.ts";

/** `open`: it may select everything, as the second argument of info() does. */
export function checkSelector(text: string, selector: SelectorPart, open: boolean, report: Report): void {
  const { metric, matchers } = selector;
  if (metric !== undefined && /^atan2$/i.test(metric))
    report(selector, `${metric} is an operator: write {__name__="${metric}"}`);
  let selects = metric !== undefined || open;
  for (const matching of matchers) {
    checkString(text, matching.valueAt, report);
    if (metric !== undefined && matching.label === "__name__")
      report(matching, `the metric has two names, ${metric} and this: keep one`);
    if (!fitsMissing(matching, report)) selects = true;
  }
  if (selects) return;
  const said = shorten(text.slice(selector.from, selector.to), 60);
  const what = matchers.length === 0 ? "name a metric" : 'name a metric, or give one label a value: label="x"';
  report(selector, `${said} would select everything: ${what}`);
}

/** Whether a matcher also fits series that do not have the label. */
function fitsMissing({ op, value, valueAt }: Matching, report: Report): boolean {
  if (op === "=") return value === "";
  if (op === "!=") return value !== "";
  const pattern = readPattern(value);
  if ("wrong" in pattern) {
    report(valueAt, `the regular expression cannot be read: ${shorten(pattern.wrong, 200)}`);
    return false;
  }
  return pattern.fitsEmpty === (op === "=~");
}

export function checkText(text: string, part: TextPart, report: Report): void {
  checkString(text, part, report);
}

function checkString(text: string, { from, to }: { from: number; to: number }, report: Report): void {
  const literal = text.slice(from, to);
  if (!isClosed(literal)) return report({ from, to }, unclosed(literal[0]!));
  const broken = /[\ufffd\p{Surrogate}]/u.exec(literal);
  if (broken !== null)
    report({ from: from + broken.index, to: from + broken.index + 1 }, "this character is broken: type it again");
  const escape = wrongEscape(literal);
  if (escape === undefined) return;
  report({ from: from + escape.at, to: from + escape.at + escape.length }, escape.message);
}
