import { UserError } from "../errors.ts";
import type { Reach } from "../world/reach.ts";
import { gatherEvidence } from "../gather/burst.ts";
import { scopeOfEvidence } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import type { Speaker } from "../engine/speaker.ts";
import type { Project } from "../project.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { showEvidence } from "../show/evidence.ts";
import { showReach } from "../show/header.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { Recorder } from "../timeline/recorder.ts";
import { wrap } from "../show/wrap.ts";
import { recordBlastWithin } from "./blast.ts";
import { seenBefore } from "./seenBefore.ts";
import type { Sitter } from "./desk.ts";

/** The first screen waits this long (ms of the reader's time) at most; what is answered later is told when it comes. */
const firstScreenMs = 2000;

/** and so long for what is worth knowing besides */
const moreMs = 1000;

/** Fetches a runbook's evidence and sees who can be reached, all at once, and shows what came in time. */
export function gatherOn(
  { world, project, store, recorder }: Sitter,
  speaker: Speaker,
  measure: Desk["measure"],
  told: { hushed: boolean },
): Desk["gather"] {
  return async (runbook, when) => {
    const { clock, terminal } = world;
    told.hushed = true;
    const checks: Facts["check"][] = [];
    const reached = when === "first" ? reachAll(project, checks, recorder) : Promise.resolve();
    if (project.sources.length === 0 && project.changes.length === 0) {
      const stop = new AbortController();
      await Promise.race([reached, clock.sleep(firstScreenMs * clock.speed, stop.signal).catch(() => {})]);
      stop.abort();
      told.hushed = false;
      return speaker.say(...showReach(checks, terminal), sayNoSource(runbook, project));
    }
    const burst = gatherEvidence(
      runbook,
      ({ id, ...ask }) => measure(id, ask, scopeOfEvidence({ recorder }, `${runbook.id}/${id}`)),
      (...facts) => recorder.record(...facts),
      (ms, stop) => clock.sleep(ms, stop),
    );
    const measurements = await terminal.during("Reading the evidence", burst.within(firstScreenMs * clock.speed));
    told.hushed = false;
    const since = recorder.incident.alerts[0]?.startsAt;
    const missing = runbook.evidence.filter(({ id }) => !measurements.some((m) => m.id === id)).map(({ id }) => id);
    const waiting = missing.length === 0 ? [] : [`  still waiting for: ${missing.join(", ")}`];
    const table = showEvidence(measurements, terminal, { queries: "Every query: e", ...(since && { since }) });
    speaker.say(...showReach(checks, terminal), ...(runbook.evidence.length === 0 ? [] : ["", ...table, ...waiting]));
    if (when !== "first") return;
    // somebody waits for the first question: what is not known by then is told when it comes
    const stop = new AbortController();
    const tellSeen = (line: string | undefined) => {
      if (line !== undefined) speaker.say(...wrap("  ", [line], terminal));
    };
    const seen = seenBefore(world, store, recorder.incident).then(tellSeen, () => {});
    const patience = clock.sleep(moreMs * clock.speed, stop.signal).catch(() => {});
    await recordBlastWithin(moreMs, world, project, recorder, "start", measurements);
    await Promise.race([seen, patience]);
    stop.abort();
  };
}

/** One line instead of a table of nothing. */
function sayNoSource({ evidence }: Runbook, { file }: Project): string {
  const labels = evidence.flatMap(({ id, ask }) => ("changesMs" in ask ? [] : [id]));
  const missing = file === undefined ? "There is no llmops.yaml here" : "llmops.yaml names no source";
  return `  ${missing}: look at your own dashboards for ${labels.join(", ")}.`;
}

/** Asks every source and target whether it is there; who answers in time is shown with the first screen. */
async function reachAll(project: Project, checks: Facts["check"][], recorder: Recorder): Promise<void> {
  const asked = [...project.sources, ...project.targets].map(async ({ name, kind, open }) => {
    const known = { name, kind, reach: await reachOf(open) };
    checks.push(known);
    await recorder.record(fact("check", known));
  });
  await Promise.allSettled(asked);
}

/** A secret that cannot be had is one way of not being reachable. */
async function reachOf(open: () => { check(): Promise<Reach> }): Promise<Reach> {
  try {
    return await open().check();
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return { ok: false, say: thrown.what, ms: 0 };
  }
}
