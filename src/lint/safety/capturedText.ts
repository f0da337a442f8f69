import { harmless } from "../../harmless.ts";
import { asksOf } from "../asks.ts";
import type { RuleOn } from "../rule.ts";
import { textsOf } from "./texts.ts";

const fields =
  "(?:prompt|response|completion|request_body|response_body|messages|user_input|model_output|prompt_snapshot|response_snapshot)";
const field = new RegExp(String.raw`\b${fields}\b`, "i");
/** The texts themselves become the names of the parts, and those are recorded. */
const groups = /\bby\s*\([^()]*\)/gi;
const formats = /\b(?:line_format|label_format)\b[^|\n]*/gi;
const picks = new RegExp(
  String.raw`\b(?:any_value|arbitrary|first|last|min|max|mode|arg_max|arg_min|list|array_agg|string_agg|group_concat|histogram)\s*\(\s*(?:distinct\s+)?"?${fields}\b`,
  "i",
);
const pastes =
  /\b(?:paste|copy|attach|post|upload|put|forward|send|add|quote)\b[^.;\n]{0,60}\b(?:prompts?|responses?|completions?|conversations?|transcripts?|outputs?|answers?|inputs?|messages?)\b[^.;\n]{0,60}\b(?:notes?|tickets?|threads?|channels?|slack|teams|jira|timeline|postmortem|issues?|here)\b/i;
/** Of these people speak all the time without meaning what somebody wrote. */
const meansOthers =
  /\b(?:never|not|no|without|instead of|redacted|ids? of|versions? of|link|system prompt|error messages?|status|message to)\b/i;

export const capturedText: RuleOn<"runbook"> = {
  on: "runbook",
  name: "captured-text",
  summary: "what users wrote and models answered is not recorded as evidence or in notes",
  severity: "error",
  why: "Names, diagnoses and keys of users end up on the timeline, in chat and in the postmortem, where nobody redacts or deletes them.",
  seen: "MedBot (chapter 22.5.11 of the LLMOps seeds): prompts logged for debugging were open to 50 engineers, which an audit called a HIPAA violation.",
  bad: `
scope: [route]
evidence:
  asked:
    logql: |
      sum by (prompt) (count_over_time({app="llm"} | json [5m]))
steps:
  - { id: look, title: Look, instruct: Look at the calls. }
`,
  good: `
scope: [route]
evidence:
  asked:
    logql: |
      sum by (prompt_version) (count_over_time({app="llm"} | json [5m]))
steps:
  - { id: look, title: Look, instruct: Look at the calls. }
`,
  check(runbook, _, report) {
    for (const { ask, path } of asksOf(runbook)) {
      for (const [key, text] of Object.entries(ask)) {
        if (typeof text !== "string" || key === "signal") continue;
        const parts = key === "sql" ? [] : [groups, formats].flatMap((pattern) => [...text.matchAll(pattern)]);
        const found = key === "sql" ? picks.exec(text) : parts.find(([part]) => field.test(part));
        if (found == null) continue;
        report(
          { path: [...path, key], from: found.index, to: found.index + found[0].length },
          `${harmless(found[0].slice(0, 60))} records what users wrote or models answered`,
          "count it, or group by an id or a version; `logs` shows a few calls without keeping their text",
        );
      }
    }
    for (const { text, path, use } of textsOf(runbook)) {
      if (use !== "text") continue;
      const found = pastes.exec(text);
      if (found === null || meansOthers.test(text.slice(Math.max(0, found.index - 20), found.index + found[0].length)))
        continue;
      report(
        { path, from: found.index, to: found.index + found[0].length },
        "this puts what users wrote or models answered where nobody redacts it",
        "ask for ids of calls; `logs` shows their text without keeping it",
      );
    }
  },
};
