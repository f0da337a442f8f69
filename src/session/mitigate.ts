import { didYouMean, exit, UserError, type ExitCode } from "../errors.ts";
import { parseDuration } from "../duration.ts";
import type { Desk } from "../engine/desk.ts";
import { runStep } from "../engine/runStep.ts";
import { mitigations } from "../mitigations/index.ts";
import { openProject } from "../project.ts";
import { readValue } from "../steps/parameters.ts";
import { settling, type Step } from "../steps/step.ts";
import { fact } from "../timeline/event.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { openMemoryStore } from "../timeline/memoryStore.ts";
import { beginRecorder, openRecorder, type Recorder } from "../timeline/recorder.ts";
import { covers, sayScope, type Scope } from "../timeline/scope.ts";
import type { Store } from "../timeline/store.ts";
import { version } from "../version.ts";
import type { World } from "../world/world.ts";
import { newId } from "./begin.ts";
import { openDesk } from "./desk.ts";
import { authorOf, chooseIncident, openStore, readIncidents } from "./ledger.ts";
import { readScope } from "./scope.ts";
import { personOf } from "./walk.ts";
import { showProblem } from "../show/problem.ts";

export interface Mitigating {
  kind: string;
  scope: string[];
  reason: string;
  with: string[];
  target?: string | undefined;
  for?: string | undefined;
  wait: string;
  incident?: string | undefined;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

/** `llmops mitigate`: a walk of one step. */
export async function mitigateOnce(world: World, asked: Mitigating): Promise<ExitCode> {
  const scope = readScope(asked.scope);
  const step = stepOf(asked);
  if (!asked.yes && !asked.dryRun && !world.terminal.interactive)
    throw new UserError({
      what: "A change needs consent, and there is no terminal to give it on.",
      next: "--yes to consent, --dry-run to see the plan",
      code: exit.refused,
    });
  const project = await openProject(world);
  try {
    const disk = openStore(world, project);
    const incidents = await readIncidents(disk);
    const store = asked.dryRun
      ? openMemoryStore(
          () => world.clock.now(),
          incidents.map(({ events }) => events),
        )
      : disk;
    const recorder = await recorderFor(asked, scope, store, incidents, world);
    const answers = asked.yes || asked.dryRun ? { given: {}, yes: asked.yes && !asked.dryRun } : undefined;
    const sitting = await openDesk({
      world,
      project,
      store,
      recorder,
      scripted: answers !== undefined,
      reason: asked.reason,
      person: (desk) => personOf(world, desk, answers),
      ...(asked.target === undefined ? {} : { target: asked.target }),
    });
    try {
      const code = await carryOut(step, scope, sitting.desk, asked);
      if (recorder.incident.kind === "change")
        await recorder.record(fact("closed", { note: "", head: recorder.incident.head.hash }));
      return code;
    } finally {
      await sitting.close();
    }
  } finally {
    await project.close();
  }
}

async function carryOut(step: Step, scope: Scope, desk: Desk, asked: Mitigating): Promise<ExitCode> {
  const { outcome, error } = await runStep({ ...desk, scope }, "", step);
  const tracked = outcome === settling ? desk.recorder.incident.changes.at(-1)! : undefined;
  if (tracked !== undefined && asked.wait !== "none") await waitFor(tracked.change.id, asked.wait, desk);
  const now = desk.recorder.incident.changes.find(({ change }) => change.id === tracked?.change.id);
  const code = error?.code ?? codeOf(outcome, now, asked);
  if (asked.json) desk.world.terminal.programs(JSON.stringify(resultOf(desk, now, code, outcome, error)));
  else if (error !== undefined) desk.speaker.say(showProblem(error, desk.world.terminal).join("\n"));
  return code;
}

/** Lives on until the answer that was asked for is there; the record goes on even when somebody leaves. */
async function waitFor(id: string, wait: string, desk: Desk): Promise<void> {
  const find = () => desk.recorder.incident.changes.find(({ change }) => change.id === id)!;
  const isOpen = () => (wait === "verify" ? find().helped === undefined : find().inEffect === undefined);
  while (isOpen()) {
    if (
      (await desk.person.pause(
        "Settling. Any key goes on; the verdict will be recorded.",
        1000 * desk.world.clock.speed,
      )) === "key"
    )
      return;
  }
}

function codeOf(outcome: unknown, tracked: TrackedChange | undefined, { dryRun, wait }: Mitigating): ExitCode {
  if (outcome === "declined") return dryRun ? exit.done : exit.refused;
  if (outcome === "not-offered") return exit.failed;
  if (outcome === "helped") return exit.done;
  if (tracked === undefined) return wait === "none" ? exit.done : exit.findings;
  if (wait === "none") return exit.done;
  const proven = wait === "verify" ? tracked.helped?.verdict === "helped" : tracked.inEffect?.verdict === "yes";
  return proven ? exit.done : exit.findings;
}

function resultOf(
  desk: Desk,
  tracked: TrackedChange | undefined,
  code: ExitCode,
  outcome: unknown,
  error?: UserError,
): object {
  const planned = desk.recorder.incident.events.findLast(({ type }) => type === "planned");
  return {
    incident: desk.recorder.incident.id,
    change: tracked?.change ?? null,
    state: tracked?.state ?? null,
    inEffect: tracked?.inEffect ?? null,
    outcome: tracked?.helped?.verdict ?? (typeof outcome === "string" ? outcome : null),
    plan: planned === undefined ? null : (planned.payload as { plan: unknown }).plan,
    code,
    ...(error === undefined ? {} : { error: { what: error.what, changed: error.changed, next: error.next ?? null } }),
  };
}

/** The step as a runbook would have it. */
function stepOf(asked: Mitigating): Step {
  const { kind, wait } = asked;
  const forMs = asked.for === undefined ? undefined : parseDuration(asked.for);
  if (asked.for !== undefined && forMs === undefined)
    throw new UserError({ what: `--for ${asked.for} is no duration.`, next: "like 30m or 2h", code: exit.usage });
  const kinds = mitigations.map((m) => m.kind);
  if (!kinds.includes(kind))
    throw new UserError({
      what: `There is no mitigation ${JSON.stringify(kind)}${didYouMean(kind, kinds)}`,
      next: `one of: ${kinds.join(", ")}`,
      code: exit.usage,
    });
  const body = {
    do: kind,
    with: readParameters(asked.with),
    ...(forMs === undefined ? {} : { forMs }),
    ...(wait === "effect" ? { withinMs: 2 * 60_000 } : {}),
  };
  return { id: kind, title: asked.reason, kind: "mitigate", body };
}

function readParameters(given: string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw new UserError({ what: `--with ${pair} is not K=V.`, next: "--with max_tokens=512", code: exit.usage });
      return [pair.slice(0, at), readValue(pair.slice(at + 1))];
    }),
  );
}

/** The incident it belongs to: the one named, the one open incident that covers the scope, else a change of its own. */
async function recorderFor(
  asked: Mitigating,
  scope: Scope,
  store: Store,
  incidents: Incident[],
  world: World,
): Promise<Recorder> {
  const author = authorOf(world);
  if (asked.incident !== undefined)
    return openRecorder(store, await chooseIncident(asked.incident, store, world), author);
  const open = incidents.filter((i) => i.kind === "incident" && i.state === "open" && covers(i.scope, scope));
  if (open.length === 1) return openRecorder(store, open[0]!.id, author);
  const title = `${asked.kind}: ${sayScope(scope)}`;
  const opened = fact("opened", { kind: "change", title, class: null, severity: null, scope, version });
  return beginRecorder(store, newId("CHG", world), author, [opened]);
}
