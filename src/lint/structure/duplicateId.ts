import { dirname } from "node:path";
import { libraryOf } from "../library.ts";
import type { RuleOn } from "../rule.ts";

export const duplicateId: RuleOn<"runbook"> = {
  on: "runbook",
  name: "duplicate-id",
  summary: "an id names one thing: one piece of evidence, one step, one runbook of a folder",
  severity: "error",
  why: "Conditions, answers and the timeline would mean two steps by one name.",
  seen: "ansible/ansible#4943: two handlers of one name, only one of which runs; kubernetes-sigs/kubespray#388 broke by it.",
  bad: `
evidence: { burn: cost_per_hour }
steps:
  - { id: burn, title: Look, instruct: Look at the cost. }
`,
  good: `
evidence: { burn: cost_per_hour }
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check(runbook, { runbooks }, report) {
    const taken = new Map(runbook.evidence.map(({ id }) => [id, "evidence"]));
    for (const [index, { id }] of runbook.steps.entries()) {
      const by = taken.get(id);
      if (by !== undefined) report({ path: ["steps", index, "id"] }, `the id ${id} is taken by ${by}`);
      else taken.set(id, `step ${index + 1}`);
    }
    const { of, byId } = libraryOf(runbooks);
    const own = of.get(runbook);
    const twin = byId.get(runbook.id)?.find((one) => one !== own && dirname(one.file) === dirname(own!.file));
    if (twin !== undefined) report({ path: ["id"] }, `${twin.file} has the id ${runbook.id} too`);
  },
};
