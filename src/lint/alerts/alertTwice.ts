import { dirname } from "node:path";
import { harmless, shorten } from "../../harmless.ts";
import { libraryOf } from "../library.ts";
import type { RuleOn } from "../rule.ts";

export const alertTwice: RuleOn<"runbook"> = {
  on: "runbook",
  name: "alert-twice",
  summary: "no two runbooks of a folder claim one alert",
  severity: "error",
  why: "The alert opens a question, which runbook?, instead of a runbook.",
  seen: "OctopusDeploy/Issues#7940: of two runbooks of one name the run failed, or the one of the other project could be run.",
  bad: `
alerts: [Another]
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  good: `
alerts: [SpendDoubled]
steps:
  - { id: look, title: Look, instruct: Look at the cost. }
`,
  check({ id, alerts }, { runbooks }, report) {
    const { byId, byAlert } = libraryOf(runbooks);
    const [own] = byId.get(id) ?? [];
    if (own === undefined) return;
    for (const [index, alert] of alerts.entries()) {
      const other = byAlert
        .get(alert)
        ?.find(({ file, runbook }) => runbook.id !== id && dirname(file) === dirname(own.file));
      if (other !== undefined)
        report(
          { path: ["alerts", index] },
          `${shorten(alert, 80)} is claimed by ${harmless(other.runbook.id)} too (${harmless(other.file)})`,
          "leave it to one of them; the other can be reached with continue",
        );
    }
  },
};
