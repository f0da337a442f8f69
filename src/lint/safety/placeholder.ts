import { harmless } from "../../harmless.ts";
import { dimensions } from "../../timeline/scope.ts";
import type { RuleOn } from "../rule.ts";
import { textsOf, type Told } from "./texts.ts";

const dimension = dimensions.join("|");
/** In any text that is read or run at night. */
const left: readonly RegExp[] = [
  /<(?:your|my|insert|replace|the|enter|put)?[ _-]?(?:[a-z][a-z0-9]*[ _-])*(?:commit|sha|hash|version|tag|name|id|url|uri|host|hostname|domain|ip|address|port|region|namespace|cluster|service|deployment|pod|container|image|bucket|project|account|org|repo|branch|path|file|folder|token|key|secret|password|user|username|email|team|channel|number|ticket|value|date|time|model|route|tenant|provider|here)>/i,
  /\b(?:YOUR|MY|INSERT|REPLACE|ENTER)[_-][A-Z][A-Z0-9_-]*\b/,
  /\b(?:CHANGE_?ME|REPLACE_?ME|FIX_?ME|PLACEHOLDER|XXX+|TBD)\b|\b(?:changeme|xxxx+)\b/,
  /\bTODO\b(?=:|\s*$|\()|^TODO\b/,
  /\[(?:insert|your|todo|tbd|fill in|link|placeholder)\b[^[\]]*\]/i,
];
/** Templates of other programs: here nothing fills them in. */
const foreign = new RegExp(String.raw`\{\{[^{}]*\}\}|\$\{?(?:${dimension})\b\}?|%\((?:${dimension})\)s`);
const ours = new RegExp(String.raw`\{(?:${dimension})\}`);
const reserved =
  /^https?:\/\/(?:[\w-]+\.)*(?:example\.(?:com|org|net)|(?:your|my)-?(?:company|domain|org)\.\w+)(?=[/:?#]|$)/i;
/** `awk '{print}'` and the like have braces of their own. */
const stranger = /\{([a-z]+)\}/g;

export const placeholder: RuleOn<"runbook"> = {
  on: "runbook",
  name: "placeholder",
  summary: "nothing is left to be filled in",
  severity: "error",
  why: "It is found in the middle of the incident, when nobody has the time to look up what belongs there, or it is run as it stands.",
  seen: "The quality runbook of the ai-sre-incident-response skill: `git revert <commit> && git push`.",
  bad: `
steps:
  - { id: back, title: Take it back, instruct: "Run git revert <commit> and push." }
`,
  good: `
steps:
  - { id: back, title: Take it back, instruct: "Run git revert with the commit that the evidence names, and push." }
`,
  check(runbook, _, report) {
    for (const told of textsOf(runbook)) {
      const found = findIn(told);
      if (found === undefined) continue;
      const { from, text, message, next } = found;
      report({ path: told.path, from, to: from + text.length }, message, next);
    }
  },
};

interface Found {
  from: number;
  text: string;
  message: string;
  next?: string;
}

function findIn({ text, use, program }: Told): Found | undefined {
  const first = (pattern: RegExp, message: (text: string) => string, next?: string): Found | undefined => {
    const found = pattern.exec(text);
    if (found === null) return undefined;
    return {
      from: found.index,
      text: found[0],
      message: message(harmless(found[0])),
      ...(next === undefined ? {} : { next }),
    };
  };
  const filled =
    use === "argument" ? "write {route} as it is meant, in braces once" : "nothing is filled in here: say it in words";
  return (
    left.map((pattern) => first(pattern, (it) => `${it} was left to be filled in`)).find((one) => one !== undefined) ??
    first(foreign, (it) => `${it} is not filled in by llmops`, filled) ??
    (use === "text"
      ? first(
          ours,
          (it) => `${it} is not filled in here, it is shown as it stands`,
          "say it in words: the scope is shown anyway",
        )
      : undefined) ??
    (use === "link" ? first(reserved, (it) => `${it} is an example's address`) : undefined) ??
    (use === "argument" && program !== "awk" ? strangerIn(text) : undefined)
  );
}

function strangerIn(text: string): Found | undefined {
  for (const { 0: whole, 1: name, index } of text.matchAll(stranger))
    if (!(dimensions as readonly string[]).includes(name!))
      return {
        from: index,
        text: whole,
        message: `${harmless(whole)} is no dimension of a scope, and stays as it is`,
        next: `one of: ${dimensions.join(", ")}`,
      };
  return undefined;
}
