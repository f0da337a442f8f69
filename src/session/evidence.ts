import { gatherEvidence } from "../gather/burst.ts";
import type { Desk } from "../engine/desk.ts";
import type { Speaker } from "../engine/speaker.ts";
import type { Project } from "../project.ts";
import { showEvidence } from "../show/evidence.ts";
import { showReach } from "../show/header.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { Reach } from "../world/reach.ts";
import type { Sitter } from "./desk.ts";

/** The first screen waits this long (ms) at most; what is answered later is told when it comes. */
const firstScreenMs = 2000;

/** Fetches a runbook's evidence and sees who can be reached, all at once, and shows what came in time. */
export function gatherOn(
  { world, project, recorder }: Sitter,
  speaker: Speaker,
  measure: Desk["measure"],
  told: { hushed: boolean },
): Desk["gather"] {
  return async (runbook) => {
    const { clock, terminal } = world;
    told.hushed = true;
    const checks: Facts["check"][] = [];
    const reached = Promise.all(
      everything(project).map(async ({ name, kind, check }) => {
        const known = { name, kind, reach: await check() };
        checks.push(known);
        await recorder.record(fact("check", known));
      }),
    );
    reached.catch(() => {});
    const burst = gatherEvidence(
      runbook,
      (evidence) => measure(evidence.id, evidence, recorder.incident.scope),
      (...facts) => recorder.record(...facts),
      (ms) => clock.sleep(ms),
    );
    const first = terminal.during("Fetching the evidence", burst.within(firstScreenMs));
    const measurements = await first;
    told.hushed = false;
    const since = recorder.incident.alerts[0]?.startsAt;
    const lines = [
      ...showReach(checks, terminal),
      ...(runbook.evidence.length === 0
        ? []
        : ["", ...showEvidence(measurements, terminal, { queries: "Every query: e", ...(since && { since }) })]),
      "",
    ];
    speaker.say(lines.join("\n"));
  };
}

function everything(project: Project): { name: string; kind: string; check(): Promise<Reach> }[] {
  const opened = [...project.sources, ...project.targets];
  return opened.map(({ name, kind, open }) => ({ name, kind, check: async () => open().check() }));
}
