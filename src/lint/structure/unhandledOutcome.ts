import { mayHold, agree, factsOf, type Facts } from "./facts.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import type { RuleOn } from "../rule.ts";
import { isDead } from "./ways.ts";

/** Kinds of steps that go on where something did not help. */
const goesOn = new Set(["ask", "mitigate", "run", "instruct", "escalate", "continue", "wait"]);
/** Nobody is worse off when these do nothing. */
const mayFail = new Set(["trace-sampling", "deploy-freeze"]);
/** So many pairs of steps are looked at; a file with more was not written by a person. */
const mostPairs = 200_000;

export const unhandledOutcome: RuleOn<"runbook"> = {
  on: "runbook",
  name: "unhandled-outcome",
  summary: "a mitigation that does not help, and a wait that times out, lead to a further step",
  severity: "warning",
  why: "The walk just ends there while production still burns, and nobody is called.",
  seen: "The token cost runbook of the ai-sre-incident-response skill: caps, cache, a cheaper model, a postmortem, and not a word for spending that goes on.",
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: tell, title: Tell the tenants, notify: { to: tenants } }
`,
  good: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: clamp, title: Clamp output tokens, mitigate: { do: token-clamp, for: 30m, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { clamp: [not-enough, no-effect, unproven, not-offered, failed] }, escalate: { level: 2 } }
  - { id: tell, title: Tell the tenants, notify: { to: tenants } }
`,
  check(runbook, _, report) {
    const facts = factsOf(runbook);
    let left = mostPairs;
    for (const [index, { id, kind, body }] of runbook.steps.entries()) {
      const matters = isDead(runbook, index) ? [] : outcomesThatMatter(kind, body);
      const open = matters.filter((outcome) => {
        const then = new Map([...facts[index]!, [id, [outcome]]]);
        const looked = looksFor(then, index, runbook, facts, left);
        left -= looked.pairs;
        return looked.found === undefined;
      });
      if (left <= 0) return;
      if (open.length === 0) continue;
      report(
        { path: ["steps", index, "id"] },
        `nothing follows when ${id} ends in ${sayOr(open)}`,
        `add a step with \`when: { ${id}: ${open.length === 1 ? open[0] : `[${open.join(", ")}]`} }\`: another mitigation, escalate or instruct`,
      );
    }
  },
};

function outcomesThatMatter(kind: string, body: unknown): string[] {
  if (kind === "wait") return ["timed-out"];
  if (kind !== "mitigate" || mayFail.has((body as MitigateBody).do)) return [];
  const { verify } = body as MitigateBody;
  return [...(verify === undefined ? [] : ["not-enough"]), "no-effect", "not-offered", "failed"];
}

/** The next step that could go on from there. */
function looksFor(
  then: Facts,
  index: number,
  { steps }: Runbook,
  facts: readonly Facts[],
  most: number,
): { found: number | undefined; pairs: number } {
  let pairs = 0;
  for (let at = index + 1; at < steps.length && pairs < most; at++) {
    pairs++;
    const { kind, when } = steps[at]!;
    if (goesOn.has(kind) && mayHold(when, then) && agree(facts[at]!, then)) return { found: at, pairs };
  }
  return { found: undefined, pairs };
}

function sayOr(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
