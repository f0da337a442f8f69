import { messageOf, UserError } from "../errors.ts";
import { scopeOfEvidence } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import type { Person } from "../engine/person.ts";
import { openSpeaker, type Speaker } from "../engine/speaker.ts";
import { observe, stillNews } from "../gather/observe.ts";
import type { Project } from "../project.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { showProblem } from "../show/problem.ts";
import { showCall, showPatterns } from "../show/sampleCall.ts";
import { showEvent } from "../show/event.ts";
import { showAnswered } from "../show/question.ts";
import { tell } from "../show/tell.ts";
import type { Show } from "../steps/context.ts";
import type { Look } from "../steps/verify.ts";
import { settlingChanges } from "../timeline/changes.ts";
import type { Event, UnknownEvent } from "../timeline/event.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { openRecorder, type Recorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { gatherOn } from "./evidence.ts";
import { authorOf, readOutlines, sayDamage } from "./ledger.ts";
import { whoWatches } from "./watcher.ts";

export interface Sitting {
  desk: Desk;
  /** looks once at every change that settles, and records what can be said */
  look(): Promise<void>;
  /** stops looking; sources are closed by their project */
  close(): Promise<void>;
}

export interface Sitter {
  world: World;
  project: Project;
  store: Store;
  recorder: Recorder;
  /** who answers; the desk is complete when it is asked for */
  person(desk: () => Desk): Person;
  /** nobody sees the questions: they are said with their answers */
  scripted: boolean;
  onlyShown?: true;
  reason?: string;
  target?: string;
  impatient?: true;
  /** `--force` */
  force?: string;
  /** no probe is sent: what it shows would not be kept */
  unprobed?: true;
}

/** Sets the desk for one incident: what is recorded is told, and changes that settle are watched in the background. */
export async function openDesk(sitter: Sitter): Promise<Sitting> {
  const { world, project, store, recorder } = sitter;
  sayDamage(recorder.incident, store, world);
  const speaker = openSpeaker((...lines) => tell(world.terminal, ...lines));
  const told = tellFacts(speaker, sitter);
  // who only switches a route off reads no signals and no grammar first
  const measure: Desk["measure"] = async (...asked) => (await import("./meter.ts")).openMeter(project, world)(...asked);
  const gather = gatherOn(sitter, speaker, measure, told);
  const desk: Desk = {
    world,
    project,
    recorder,
    speaker,
    person: sitter.person(() => desk),
    runbooks: await pinnedRunbooks(recorder.incident),
    measure,
    async incidents() {
      const all = await readOutlines(store, world);
      // what cannot be read is left out, and said so; but what we are about to change must be known
      if (all.some(({ id }) => id === recorder.incident.id)) return all;
      const what = `${recorder.incident.id} cannot be read again, so nothing is changed for it.`;
      throw new UserError({ what, next: `llmops incident check ${recorder.incident.id}` });
    },
    async recordIn(incident, ...facts) {
      const other = incident === recorder.incident.id ? recorder : await openRecorder(store, incident, authorOf(world));
      await other.record(...facts);
    },
    hold: (place) => store.hold(place),
    models: async () => (await import("./models.ts")).knownModels(project, world),
    ...(sitter.unprobed === undefined ? { probe: probing(project, world) } : {}),
    gather,
    fingerprint: (text) => store.fingerprint(text),
    show: showingCalls(speaker, world),
    tellProblem: (error) => speaker.say(...showProblem(error, world.terminal, world.secrets.hide)),
    watcher: () => whoWatches(world, project),
    ...(sitter.onlyShown === undefined ? {} : { onlyShown: sitter.onlyShown }),
    ...(sitter.force === undefined ? {} : { force: sitter.force }),
    ...(sitter.reason === undefined ? {} : { reason: sitter.reason }),
    ...(sitter.target === undefined ? {} : { target: sitter.target }),
    ...(sitter.impatient === undefined ? {} : { impatient: sitter.impatient }),
  };

  let looking: Promise<void> | undefined;
  const look = () =>
    (looking ??= (async () => {
      await recorder.refresh();
      const seen = await observe(recorder.incident, world.clock, (tracked) => lookFor(tracked, desk));
      await recorder.recordFrom((incident) => stillNews(seen, incident));
    })().finally(() => (looking = undefined)));
  const stop = new AbortController();
  const watching = watch(desk, look, stop.signal);
  return {
    desk,
    look,
    async close() {
      stop.abort();
      await watching;
    },
  };
}

/** Of a desk that is complete only when it is spoken to. */
export function speakerOf(desk: () => Desk): Speaker {
  return {
    say: (...lines) => desk().speaker.say(...lines),
    prompting: (ask) => desk().speaker.prompting(ask),
  };
}

function showingCalls(speaker: Speaker, { terminal, secrets }: World): Show {
  return {
    call: (call, at, how) => speaker.say("", ...showCall(call, at, how, terminal, secrets.hideKnown)),
    patterns: (patterns) => speaker.say(...showPatterns(patterns, terminal)),
  };
}

/** Every fact is said once it is durable, ours and those of others, but for what the first table shows. */
function tellFacts(speaker: Speaker, { recorder, world, scripted, onlyShown }: Sitter): { hushed: boolean } {
  const told = { hushed: false };
  recorder.onEvent((event: Event | UnknownEvent) => {
    if (event.type === "closed" && recorder.incident.kind === "change") return;
    if (told.hushed && (event.type === "measured" || event.type === "check")) return;
    const shown = scripted && isKnown(event) ? showUnasked(event, recorder.incident, world) : undefined;
    const lines = shown ?? showEvent(event, recorder.incident, world.terminal, { onlyShown });
    if (lines.length > 0) speaker.say(...lines);
  });
  return told;
}

/** What a menu would have left on the screen, where nobody saw one. */
function showUnasked(event: Event, incident: Incident, { terminal }: World): string[] | undefined {
  if (event.type === "answered") return showAnswered(event, incident, terminal);
  const byHand = event.type === "step-ended" && incident.walked.get(event.step ?? "")?.kind === "instruct";
  return byHand ? [`  ${event.payload.outcome}`] : undefined;
}

async function watch(desk: Desk, look: () => Promise<void>, stop: AbortSignal): Promise<void> {
  const { world, project, recorder, speaker } = desk;
  while (!stop.aborted) {
    try {
      if (settlingChanges(recorder.incident).length > 0) await look();
    } catch (thrown) {
      // who leaves knows that it is not looked for any more
      if (!world.interrupted.aborted) speaker.say(`! The verdict could not be recorded: ${messageOf(thrown)}`);
    }
    await world.clock.sleep(project.windowMs / 20, stop).catch(() => {});
  }
}

function lookFor({ step }: TrackedChange, desk: Desk): Look {
  const { incident } = desk.recorder;
  const runbook = step?.split("/")[0] ?? incident.runbook ?? "";
  return {
    measure: (id, ask, scope, sinceMs) =>
      desk.measure(id, ask, scope ?? scopeOfEvidence(desk, `${runbook}/${id}`), sinceMs),
    probe: desk.probe,
    evidence: (id) => desk.runbooks.get(runbook)?.evidence.find((e) => e.id === id),
    outcome: (id) => incident.outcomes.get(`${runbook}/${id}`),
  };
}

/** By the name that a plan says: what was planned with a probe that the project no longer has is not asked. */
function probing(project: Project, { interrupted }: World): NonNullable<Desk["probe"]> {
  return async ({ probe: name, expect, scope }, deadlineMs) => {
    const probe = project.probes.find((one) => one.name === name);
    const probed = await probe?.ask(expect, scope, deadlineMs);
    // what could not be had because we leave is no evidence
    interrupted.throwIfAborted();
    return probed ?? { probe: name, sent: "nothing", verdict: "unknown", why: "the project no longer has this probe" };
  };
}

/** The texts as they were pinned; what no longer parses is left out and said by the walk. */
async function pinnedRunbooks(incident: Incident): Promise<Map<string, Runbook>> {
  if (incident.pinned.size === 0) return new Map();
  const { parseRunbook } = await import("../runbook/parse.ts");
  return new Map(
    [...incident.pinned].flatMap(([id, { text, origin }]) => {
      const { runbook } = parseRunbook(text, origin);
      return runbook === undefined ? [] : [[id, runbook] as const];
    }),
  );
}
