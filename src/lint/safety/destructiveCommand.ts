import { harmless } from "../../harmless.ts";
import { inOrder } from "../inOrder.ts";
import type { RuleOn } from "../rule.ts";
import { commandsOf } from "./commands.ts";

/** What is gone afterwards, in a line as it is typed: words that stand in it in this order. */
const destroys: readonly (readonly RegExp[])[] = [
  [/(?:^|[\s;&|])rm\s+(?:-\S+\s+)*-[a-zA-Z]*[rRf]/],
  [/\b(?:kubectl|oc)\b/, /\sdelete\b/],
  [/\b(?:drop|truncate)\s+(?:table|database|schema|index|collection|keyspace)\b|\bdelete\s+from\b/i],
  [/\bflush(?:all|db)\b/i],
  [/\b(?:terraform|tofu|pulumi|cdk)\b/, /\sdestroy\b/],
  [/\bhelm\b/, /\s(?:uninstall|delete)\b/],
  [/\baws\b/, /\ss3\s+(?:rm|rb)\b|\s(?:delete|terminate)-[a-z-]+/],
  [/\b(?:gcloud|az|doctl|fly|flyctl)\b/, /\s(?:delete|destroy)\b/],
  [/\b(?:gsutil|rclone)\b/, /\s(?:rm|rb|delete|purge)\b/],
  [/\bgit\b/, /\spush\b/, /\s(?:-f|--force)(?:\s|$)/],
  [/\bgit\b/, /\sreset\b/, /\s--hard\b/],
  [/\bconsul\b/, /\skv\s+delete\b/],
  [/\betcdctl\b/, /\sdel\b/],
  [/\bredis-cli\b/, /\s(?:del|unlink)\s/i],
  [/\bdocker\b/, /\s(?:rm|rmi|prune)\b/],
  [/(?:^|\s)(?:dropdb|mkfs\S*|shred|wipefs|kafka-delete-records\S*)\s/],
  [/(?:^|\s)dd\s/, /\bof=/],
];

export const destructiveCommand: RuleOn<"yaml"> = {
  on: "yaml",
  name: "destructive-command",
  summary: "a command that destroys something says irreversible: true",
  severity: "error",
  why: "It is asked for like any other step, and whoever confirms it is not told that nothing brings it back.",
  seen: "GitLab.com, 2017-01-31: `rm -rf` of the database folder, typed late in the night on the primary instead of the secondary.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: jobs, title: End jobs, run: { command: [kubectl, delete, jobs, --selector, "route={route}"] } }
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
    for (const { argv, path, irreversible, of } of commandsOf(document)) {
      if (irreversible) continue;
      const found = destroyedIn(argv.join(" "));
      if (found === undefined) continue;
      report(
        { path },
        `nothing brings back what \`${harmless(found.trim().slice(0, 60))}\` takes away`,
        of === "action"
          ? "say `irreversible: true`, and `count:` a command that tells what it would touch"
          : "make it an action of the project with `irreversible: true` and `count:`, and name that here",
      );
    }
  },
};

function destroyedIn(written: string): string | undefined {
  for (const line of written.split("\n"))
    for (const words of destroys) {
      const found = inOrder(line, words);
      if (found !== undefined) return line.slice(found.from, found.to);
    }
  return undefined;
}
