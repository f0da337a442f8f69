import type { RuleOn } from "../rule.ts";
import { commandsOf } from "./commands.ts";

export const uncounted: RuleOn<"yaml"> = {
  on: "yaml",
  name: "uncounted",
  summary: "what cannot be undone is counted before it is run",
  severity: "error",
  why: "A slip in the scope ends ten thousand jobs instead of ten, and nobody saw the number before.",
  seen: "Amazon S3, 2017-02-28: a command of an established playbook, with one input wrong, removed many more servers than were meant.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: jobs, title: End jobs, run: { command: [./end-jobs.sh, "{route}"], irreversible: true } }
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: jobs, title: End jobs, run: terminate-agent-jobs }
`,
  check(document, _, report) {
    for (const { path, irreversible, counted, of } of commandsOf(document)) {
      if (!irreversible || counted) continue;
      report(
        { path: [...path.slice(0, -1), "irreversible"], key: true },
        "it cannot be undone, and nobody is told how much it would touch",
        of === "action"
          ? "add `count:`, a command that prints how many things it would touch and changes nothing"
          : "make it an action of the project, which has `count:`, and name that here",
      );
    }
  },
};
