import type { Finding } from "../document/document.ts";

/** Makes the fixes of findings in one text; of those that overlap the first. The rest of the text keeps every character. */
export function applyFixes(text: string, findings: readonly Finding[]): { text: string; applied: Finding[] } {
  const fixable = findings
    .filter(({ fix, suppressed }) => fix !== undefined && suppressed === undefined)
    .toSorted((a, b) => a.fix!.start - b.fix!.start || a.fix!.end - b.fix!.end);
  const applied: Finding[] = [];
  let fixed = "";
  let at = 0;
  for (const finding of fixable) {
    const { start, end, text: by } = finding.fix!;
    if (start < at || (applied.length > 0 && start === at && start === end)) continue;
    fixed += text.slice(at, start) + by;
    at = end;
    applied.push(finding);
  }
  return { text: fixed + text.slice(at), applied };
}
