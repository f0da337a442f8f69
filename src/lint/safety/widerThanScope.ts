import type { Runbook } from "../../runbook/runbook.ts";
import type { MitigateBody } from "../../steps/mitigateSchema.ts";
import type { EvidenceAsk } from "../../signals/evidence.ts";
import type { Dimension } from "../../timeline/scope.ts";
import type { RuleOn } from "../rule.ts";

/** They take a service away from somebody: from whom must be known before. A freeze of deployments is for all by nature. */
const takesAway = new Set(["kill-switch", "block", "disable-tool"]);

export const widerThanScope: RuleOn<"runbook"> = {
  on: "runbook",
  name: "wider-than-scope",
  summary: "what is changed is inside what the incident is about",
  severity: "error",
  why: "Whoever walks it is asked for something the evidence never looked at, or turns off more than is broken, and no plan warns of it.",
  seen: "Atlassian, 2022-04-05: a script was given ids of sites instead of ids of one app on them, and deleted 883 sites.",
  bad: `
scope: [route]
evidence: { burn: cost_per_hour }
steps:
  - { id: block, title: Block them, mitigate: { do: block, on: tenant, for: 1h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { block: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  good: `
scope: [route, tenant]
evidence: { burn: cost_per_hour }
steps:
  - { id: block, title: Block them, mitigate: { do: block, on: tenant, for: 1h, verify: { burn: healthy }, within: 10m } }
  - { id: help, title: Nothing stopped it, when: { block: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }
`,
  check(runbook, _, report) {
    const known = new Set<Dimension>(runbook.scope);
    const parts = partsOf(runbook);
    for (const [index, { id, kind, body }] of runbook.steps.entries()) {
      if (kind === "ask") {
        const picked = parts.get((body as { pick?: string }).pick ?? "");
        if (picked !== undefined) known.add(picked);
      }
      if (kind !== "mitigate") continue;
      const { do: what, on } = body as MitigateBody;
      const path = ["steps", index, "mitigate"];
      const strange = on?.filter((one) => !known.has(one)) ?? [];
      const about = [...known].join(", ");
      if (strange.length > 0)
        report(
          { path: [...path, "on"] },
          `${id} changes something for a ${strange.join(" and ")}, ${about === "" ? "and the incident has no scope" : `and the incident is about ${about}`}`,
          `add ${strange.join(", ")} to scope, or an ask with \`pick\` before it`,
        );
      else if (on === undefined && known.size === 0 && takesAway.has(what))
        report(
          { path: [...path, "do"] },
          `${id} takes a service away, and nothing says for whom: the incident has no scope`,
          "say in `scope:` what the incident is about, as in scope: [route]",
        );
    }
  },
};

/** Evidence and measures that are split, and by what: what an ask can pick from. */
function partsOf({ evidence, steps }: Runbook): Map<string, Dimension> {
  const asks = [
    ...evidence,
    ...steps.flatMap(({ id, kind, body }) => (kind === "measure" ? [{ id, ...(body as EvidenceAsk) }] : [])),
  ];
  return new Map(asks.flatMap(({ id, by }) => (by === undefined ? [] : [[id, by] as const])));
}
