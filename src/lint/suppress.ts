import type { Finding } from "../document/document.ts";
import { didYouMean } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { rules } from "./index.ts";
import type { ReadFile } from "./read.ts";
import type { Known } from "./rule.ts";
import { suppressionsIn, type Suppression } from "./suppression.ts";

const byName = new Map(rules.map((rule) => [rule.name, rule]));

/** Marks what a comment of the file suppresses, and adds what is wrong with these comments. */
export function suppress(read: ReadFile, findings: readonly Finding[], known: Known): Finding[] {
  if (!read.text.includes("llmops-disable")) return [...findings];
  const written = suppressionsIn(read.text, read.kind.plain === true ? "template" : "yaml");
  const valid = written.filter(({ reason }) => reason !== undefined);
  const covers = ({ line, rules: named }: Suppression, { at, rule }: Finding) =>
    line === at.line && byName.has(rule) && named.some(({ name }) => name === rule);
  const marked = findings.map((finding): Finding => {
    const reason = valid.find((one) => covers(one, finding))?.reason;
    return reason === undefined ? finding : { ...finding, suppressed: { reason } };
  });
  const wrong = written.flatMap((one) => mistakesIn(one, read, marked, known));
  return [...marked, ...wrong];
}

function mistakesIn(one: Suppression, read: ReadFile, findings: readonly Finding[], known: Known): Finding[] {
  const { document, file } = read;
  if (document === undefined) return [];
  const say = (
    { start, end }: { start: number; end: number },
    message: string,
    more: Pick<Finding, "why"> & Partial<Pick<Finding, "severity" | "next" | "fix">>,
  ): Finding => ({ file, ...document.place(start, end), rule: "suppression", severity: "error", message, ...more });

  if (one.reason === undefined)
    return [
      say(one, one.wrong ?? "this says no reason", {
        why: "Whoever reads it later cannot tell whether it still holds, so it suppresses nothing.",
        next: `${one.form}, in a line of its own`,
      }),
    ];
  return one.rules.flatMap((named, nth) => {
    const { name } = named;
    const rule = byName.get(name);
    if (rule === undefined && unsuppressible.has(name))
      return [say(named, `${name} cannot be suppressed`, { why: "What cannot be read cannot be walked." })];
    if (rule === undefined)
      return [
        say(named, `there is no rule ${harmless(name)}${didYouMean(name, byName.keys())}`, {
          why: "It suppresses nothing.",
        }),
      ];
    if (one.rules.findIndex((other) => other.name === name) < nth)
      return [
        say(named, `${name} is named twice`, {
          severity: "warning",
          why: "One of them may be taken for another rule.",
          fix: { start: one.rules[nth - 1]!.end, end: named.end, text: "" },
        }),
      ];
    const isUsed = findings.some((finding) => finding.rule === name && finding.at.line === one.line);
    const isTried = read.subject !== undefined && (rule.needs === undefined || known[rule.needs] !== undefined);
    if (isUsed || !isTried) return [];
    return [
      say(named, `${name} finds nothing in line ${one.line}`, {
        severity: "warning",
        why: "Left there it would hide the next mistake that is made in this line.",
        next: "take it away",
      }),
    ];
  });
}

/** What the shape of a file is told by. */
const unsuppressible = new Set(["read", "yaml", "schema", "suppression"]);
