import { didYouMean } from "../../errors.ts";
import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

export const unknownField: RuleOn<"template"> = {
  on: "template",
  name: "unknown-field",
  summary: "a template says only what an incident has, and guards what may be missing",
  severity: "error",
  why: "The postmortem cannot be written with it, which is found out when somebody waits for it.",
  seen: "prometheus/alertmanager#2857: a template named a variable that did not exist, and the alert reached nobody.",
  bad: `
# {{text title}}
{{#each moments}}
- {{text when}}: {{text what}}
{{/each}}
Severity: {{text severity}}
`,
  good: `
# {{text title}}
{{#each moments}}
- {{text at}}: {{text what}}, in {{text ../id}}
{{/each}}
{{#if severity}}Severity: {{text severity}}{{/if}}
`,
  check(fields, _, report) {
    for (const { name, to, is, near, sure, start, end } of fields) {
      const place = { start, end };
      const known =
        near.length > 12
          ? "templates/postmortem.md.hbs, which is shipped, says all there is"
          : `there is: ${near.join(", ")}`;
      if (is === undefined)
        report(
          place,
          `nothing is called ${harmless(name)} here${didYouMean(lastOf(name), near)}`,
          near.length === 0 ? undefined : known,
        );
      else if (to === "each" && !Array.isArray(is)) report(place, `${name} is no list`, `say it with {{text ${name}}}`);
      else if (to === "if" || to === "each") continue;
      else if (is === "text?" && !sure)
        report(place, `${name} may be missing`, `put it between {{#if ${name}}} and {{/if}}`);
      else if (Array.isArray(is)) report(place, `${name} is a list`, `repeat something for each: {{#each ${name}}}`);
      else if (typeof is === "object") report(place, `${name} is no text`, `it has: ${Object.keys(is).join(", ")}`);
    }
  },
};

/** Of "../titel" what is misspelt. */
function lastOf(name: string): string {
  return name.split(/[./]+/).at(-1)!;
}
