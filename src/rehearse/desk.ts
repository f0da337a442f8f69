import { scopeOfEvidence } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import { openSpeaker } from "../engine/speaker.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Step } from "../steps/step.ts";
import type { Look } from "../steps/verify.ts";
import { liveChanges } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Scope } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";
import { rehearsedKinds } from "./kinds.ts";
import { rehearsingPerson } from "./person.ts";
import { projectOf, type Now } from "./project.ts";
import { measurementOf, openReadings, type Readings } from "./readings.ts";
import type { Script } from "./script.ts";
import { openWaiting } from "./waiting.ts";

export interface Place {
  runbook: Runbook;
  script: Script;
  world: World;
  recorder: Recorder;
  /** the step that is walked now */
  now(): Now;
  /** what of the script was made use of: "answers ID", "outcomes ID" */
  used: Set<string>;
  wrong(why: string): void;
}

/** An incident's desk, with a script in place of everything outside. */
export function setDesk(place: Place): { desk: Desk; readings: Readings } {
  const { runbook, script, world, recorder, now, used } = place;
  const readings = openReadings(runbook, script);
  const project = projectOf({ runbook, script, clock: world.clock, now, scope: () => recorder.incident.scope });

  const measureFor = (reader: Step | undefined, id: string, ask: EvidenceAsk, scope: Scope): Measurement => {
    const asked = { id, ask, scope, at: world.clock.now() };
    const isNamed = runbook.evidence.some((one) => one === ask) || runbook.steps.some(({ body }) => body === ask);
    if (isNamed) return measurementOf(readings.read(id, ask, reader), asked);
    // the only others that say what is healthy ask whether a change is in effect
    const seen = ask.healthy === undefined || reader === undefined ? "no-data" : effectOf(reader, place);
    return measurementOf({ outcome: seen }, asked);
  };

  const lookFor = ({ step }: TrackedChange): Look => {
    const reader = runbook.steps.find(({ id }) => `${runbook.id}/${id}` === step);
    return {
      measure: async (id, ask, scope) =>
        measureFor(reader, id, ask, scope ?? scopeOfEvidence({ recorder }, `${runbook.id}/${id}`)),
      evidence: (id) => runbook.evidence.find((one) => one.id === id),
      outcome: (id) => recorder.incident.outcomes.get(`${runbook.id}/${id}`),
    };
  };

  const desk: Desk = {
    world,
    project,
    recorder,
    speaker: openSpeaker(() => {}),
    person: rehearsingPerson(runbook.steps, script, world, used, openWaiting(place, lookFor)),
    runbooks: new Map([...continued(runbook), [runbook.id, runbook]]),
    kinds: rehearsedKinds(script, used, place.wrong),
    measure: async (id, ask, scope) => measureFor(now().step, id, ask, scope),
    models: async () => new Map(),
    incidents: async () => [recorder.incident],
    recordIn: (_, ...facts) => recorder.record(...facts),
    hold: async () => ({ isOurs: () => true, release: async () => {} }),
    async gather({ id, evidence }, when) {
      if (when === "last") return;
      const scope = recorder.incident.scope;
      for (const one of evidence) {
        const measurement = measureFor(undefined, one.id, one, scope);
        await recorder.record(fact("measured", { measurement }, `${id}/${one.id}`));
      }
    },
    fingerprint: async () => "",
    show: { call: () => {}, patterns: () => {} },
    tellProblem: () => {},
    watcher: async () => "by hand: nothing is watching",
  };
  return { desk, readings };
}

/** A test ends where its runbook goes on with another one: that has tests of its own. */
function continued(runbook: Runbook): [string, Runbook][] {
  const named = runbook.steps.flatMap(({ kind, body }) => (kind === "continue" ? [body as string] : []));
  return named.map((id) => [id, { ...runbook, id, evidence: [], steps: [] }]);
}

/** What a second source says of the change that a step made. */
function effectOf({ id }: Step, { script, recorder, runbook }: Place): string {
  const outcome = script.outcomes.get(id);
  if (outcome === "no-effect") return "unhealthy";
  if (outcome === "unproven") return "no-data";
  const made = liveChanges(recorder.incident).findLast(({ step }) => step === `${runbook.id}/${id}`)?.change;
  const stated = script.state.find(
    ({ target, setting, scope }) =>
      target === made?.target && setting === made.setting && JSON.stringify(scope) === JSON.stringify(made.scope),
  );
  return { seen: "healthy", unseen: "unhealthy", unreadable: "no-data" }[stated?.effect ?? "seen"];
}
