import { parseDuration } from "../duration.ts";
import { waitWhile } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import { runStep } from "../engine/runStep.ts";
import { didYouMean, exit, messageOf, UserError, type ExitCode } from "../errors.ts";
import { mitigations } from "../mitigations/index.ts";
import type { Condition } from "../steps/condition.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import { readValue } from "../steps/parameters.ts";
import { settling, type Step } from "../steps/step.ts";
import { fact, type Fact, type Facts } from "../timeline/event.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { openMemoryStore } from "../timeline/memoryStore.ts";
import { beginRecorder, openRecorder, type Recorder } from "../timeline/recorder.ts";
import { covers, sayScope, type Scope } from "../timeline/scope.ts";
import type { Store } from "../timeline/store.ts";
import { version } from "../version.ts";
import type { World } from "../world/world.ts";
import { newId } from "./begin.ts";
import { authorOf, chooseIncident, readIncidents } from "./ledger.ts";
import { sitOnce } from "./once.ts";
import { readScope } from "./scope.ts";

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
  const recorderIn = async (disk: Store) => {
    const incidents = await readIncidents(disk);
    const known = incidents.map(({ events }) => events);
    const store = asked.dryRun ? openMemoryStore(() => world.clock.now(), known) : disk;
    return { store, recorder: await recorderFor(asked, scope, store, incidents, world) };
  };
  return sitOnce(world, { ...asked, recorderIn }, async (desk) => {
    try {
      return await carryOut(step, { ...desk, scope }, asked);
    } finally {
      if (!asked.dryRun) await closeChange(desk);
    }
  });
}

async function carryOut(step: Step<MitigateBody>, desk: Desk, asked: Mitigating): Promise<ExitCode> {
  const { verify, withinMs } = proofFor(asked, desk);
  const body = { ...step.body, withinMs, ...(verify === undefined ? {} : { verify }) };
  const { outcome, error, said } = await runStep(desk, "", { ...step, body });
  const id = said.flatMap((f) => (f.type === "intended" ? [f.payload.change.id] : [])).at(-1);
  const find = () => desk.recorder.incident.changes.find(({ change }) => change.id === id);
  const isOpen = () => find()?.state === "applied" && !isAnswered(find()!, asked.wait);
  if (outcome === settling && asked.wait !== "none") await waitWhile(isOpen, desk);
  const code = error?.code ?? codeOf(outcome, find(), said, asked);
  if (asked.json)
    desk.world.terminal.programs(JSON.stringify(resultOf(desk, asked, find(), said, code, outcome, error)));
  else if (error !== undefined) desk.tellProblem(error);
  else if (asked.dryRun) desk.speaker.say("Dry run: nothing was written and nothing was recorded.");
  else if (find()?.state === "applied") desk.speaker.say(sayLive(find()!, desk));
  return code;
}

/** What proves the help: with `--wait verify` the `verify` of the incident's runbook for the same mitigation. */
function proofFor({ kind, wait }: Mitigating, { recorder, runbooks }: Desk): { verify?: Condition; withinMs: number } {
  if (wait !== "verify") return { withinMs: 2 * 60_000 };
  const steps = runbooks.get(recorder.incident.runbook ?? "")?.steps ?? [];
  const bodies = steps.flatMap((s) => (s.kind === "mitigate" ? [s.body as MitigateBody] : []));
  const body = bodies.find((b) => b.do === kind && b.verify !== undefined);
  if (body === undefined)
    throw new UserError({
      what: `--wait verify: no incident with a runbook says what ${kind} should help.`,
      next: "--wait effect, or name the incident with --incident",
      code: exit.usage,
    });
  return { verify: body.verify!, withinMs: body.withinMs ?? 10 * 60_000 };
}

function sayLive({ change }: TrackedChange, { recorder }: Desk): string {
  return `${change.id} is live. Back: llmops mitigation undo ${change.id} --incident ${recorder.incident.id}`;
}

function isAnswered({ helped, inEffect }: TrackedChange, wait: string): boolean {
  return wait === "verify" ? helped !== undefined : inEffect !== undefined;
}

/** A change that belongs to no incident closes itself, whatever came of it. */
async function closeChange({ recorder, speaker }: Desk): Promise<void> {
  if (recorder.incident.kind !== "change") return;
  try {
    await recorder.recordFrom(({ head }) => [fact("closed", { note: "", head: head.hash })]);
  } catch (thrown) {
    speaker.say(`! ${recorder.incident.id} could not be closed: ${messageOf(thrown)}`);
  }
}

function codeOf(outcome: unknown, tracked: TrackedChange | undefined, said: Fact[], asked: Mitigating): ExitCode {
  const { dryRun, wait } = asked;
  if (outcome === "declined") return dryRun ? exit.done : exit.refused;
  if (outcome === "not-offered") return exit.failed;
  if (outcome === "helped" || wait === "none") return exit.done;
  // what was so already is proven like a change
  const seen = tracked?.inEffect ?? said.findLast(({ type }) => type === "in-effect")?.payload;
  const proven =
    wait === "verify"
      ? tracked?.helped?.verdict === "helped"
      : (seen as { verdict: string } | undefined)?.verdict === "yes";
  return proven ? exit.done : exit.findings;
}

function resultOf(
  desk: Desk,
  asked: Mitigating,
  tracked: TrackedChange | undefined,
  said: Fact[],
  code: ExitCode,
  outcome: unknown,
  error?: UserError,
): object {
  const planned = said.findLast(({ type }) => type === "planned")?.payload as Facts["planned"] | undefined;
  return {
    incident: asked.dryRun ? null : desk.recorder.incident.id,
    change: tracked?.change ?? null,
    state: tracked?.state ?? null,
    inEffect: tracked?.inEffect ?? null,
    outcome: asked.dryRun ? "dry-run" : (tracked?.helped?.verdict ?? (typeof outcome === "string" ? outcome : null)),
    plan: planned?.plan ?? null,
    code,
    ...(error === undefined ? {} : { error: { what: error.what, changed: error.changed, next: error.next ?? null } }),
  };
}

/** The step as a runbook would have it. */
function stepOf(asked: Mitigating): Step<MitigateBody> {
  const { kind } = asked;
  if (asked.reason.trim() === "")
    throw new UserError({
      what: "--reason is empty.",
      next: "say why: it is what the next person reads",
      code: exit.usage,
    });
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
