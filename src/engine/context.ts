import { sayDuration } from "../duration.ts";
import { harmless } from "../harmless.ts";
import { evaluate, idsOf } from "../steps/condition.ts";
import type { Context, Question } from "../steps/context.ts";
import { probeFor } from "../probes/index.ts";
import { liveChanges } from "../timeline/changes.ts";
import type { TrackedChange } from "../timeline/incident.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Desk } from "./desk.ts";
import { patient, patientSource, told } from "./patience.ts";

/** How often it is looked whether a verdict has come, ms of the reader's time. */
const lookEveryMs = 1000;

/** The desk as one step sees it. `runbook` is "" outside a walk. */
export function contextOf(desk: Desk, at: { runbook: string; step: string; title: string }): Context {
  const { world, project, recorder, person, speaker } = desk;
  const key = (id: string) => `${at.runbook}/${id}`;
  const context: Context = {
    world,
    get incident() {
      return recorder.incident;
    },
    runbook: at.runbook,
    get scope() {
      return desk.scope ?? recorder.incident.scope;
    },
    incidents: () => desk.incidents(),
    recordIn: (incident, ...facts) => desk.recordIn(incident, ...facts),
    hold: (place) => desk.hold(place),
    targets: () => project.targets.map(({ name, open }) => ({ name, open: async () => patient(name, open(), desk) })),
    sources: () =>
      project.sources.map(({ name, open }) => ({ name, open: async () => patientSource(name, open(), desk) })),
    keepText: project.samples.keepText,
    fingerprint: (text) => desk.fingerprint(text),
    show: desk.show,
    names: (dimension) => project.names(dimension),
    defaults: (mitigation) => project.defaults(mitigation),
    defaultForMs: project.defaultForMs,
    actions: project.actions,
    watcher: () => desk.watcher(),
    canMeasure: project.sources.length > 0,
    measure: (id, ask, scope, sinceMs) =>
      told(
        "Waiting for what is measured",
        desk.measure(id, ask, scope ?? scopeOfEvidence(desk, key(id)), sinceMs),
        desk,
      ),
    probeFor: (target) => probeFor(project.probes, target),
    probe: desk.probe && ((check, deadlineMs) => told("Waiting for the probe", desk.probe!(check, deadlineMs), desk)),
    models: () => desk.models(),
    route: (name) => (Object.hasOwn(project.routes, name) ? project.routes[name] : undefined),
    evidence: (id) => desk.runbooks.get(at.runbook)?.evidence.find((e) => e.id === id),
    outcome: (id) => recorder.incident.outcomes.get(key(id)),
    async holds(condition) {
      for (const id of idsOf(condition)) await waitUntilSettled(desk, key(id));
      return evaluate(condition, (id) => recorder.incident.outcomes.get(key(id)));
    },
    choose: (question) => person.choose(at.step, harmlessQuestion(question)),
    line: (question) => person.line(at.step, harmless(question)),
    pick: (dimension, known) => person.pick(at.step, dimension, known),
    get unattended() {
      return person.unattended;
    },
    onlyShown: desk.onlyShown === true,
    async consent(plan) {
      const yes = await person.consent(at.step, plan);
      if (person.unattended && yes) speaker.say("  Agreed to beforehand.");
      return yes;
    },
    say: (...lines) => speaker.say(...lines),
    pause: (text, ms) => person.pause(text, ms),
    idle: (what, ms) => person.idle(what, ms),
    reason: desk.reason ?? at.title,
    ...(desk.force === undefined ? {} : { force: desk.force }),
    ...(desk.target === undefined ? {} : { target: desk.target }),
    ...(desk.impatient === undefined ? {} : { impatient: desk.impatient }),
  };
  return context;
}

function harmlessQuestion({ question, choices, ...rest }: Question): Question {
  const labelled = choices.map(({ value, label }) => ({ value, label: harmless(label) }));
  return { ...rest, question: harmless(question), choices: labelled };
}

/** Evidence is read again for what it was read for first, however narrow the scope was picked meanwhile. */
export function scopeOfEvidence({ recorder, scope }: Pick<Desk, "recorder" | "scope">, key: string): Scope {
  return scope ?? recorder.incident.measurements.get(key)?.first.scope ?? recorder.incident.scope;
}

/** Waits for the verdict of a step that still settles; a key goes on without it. */
export async function waitUntilSettled(desk: Desk, step: string): Promise<void> {
  const isMeant = (tracked: TrackedChange) => tracked.step === step;
  await waitForVerdict(isMeant, (tracked) => tracked.helped === undefined, desk);
}

/** A verdict that did not come so long (ms) after its time does not come: the clock it is measured by was set. */
const overdueMs = 5 * 60_000;

/** "Seeing whether it works, 2m 5s at most" */
export function waitingForVerdict(open: readonly TrackedChange[]): string {
  return `Seeing whether ${open.length > 1 ? "they work" : "it works"}, ${sayDuration(longest(open))} at most`;
}

function longest(open: readonly TrackedChange[]): number {
  return Math.max(
    0,
    ...open.map(({ plan }) => plan.withinMs + Math.max(0, ...plan.reads.map(({ settles }) => settles))),
  );
}

/** Waits while what is meant is live and open; a key goes on without it. */
export async function waitForVerdict(
  isMeant: (tracked: TrackedChange) => boolean,
  isOpen: (tracked: TrackedChange) => boolean,
  { recorder, person, speaker, world: { clock } }: Desk,
): Promise<void> {
  const open = () => liveChanges(recorder.incident).filter((tracked) => isMeant(tracked) && isOpen(tracked));
  const until = clock.monotonic() + overdueMs + longest(open());
  const text = `${waitingForVerdict(open())}.`;
  while (open().length > 0) {
    if ((await person.idle(text, lookEveryMs * clock.speed)) === "key") return;
    if (clock.monotonic() >= until)
      return speaker.say("No verdict came in its time. Going on without it: llmops watch --once looks again.");
  }
}
