import { waitForVerdict, waitingForVerdict } from "../engine/context.ts";
import type { Desk } from "../engine/desk.ts";
import { runStep } from "../engine/runStep.ts";
import { exit, messageOf, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import type { Condition } from "../steps/condition.ts";
import { mitigate } from "../steps/mitigate.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import { settling, type Step } from "../steps/step.ts";
import { fact } from "../timeline/event.ts";
import type { Outline } from "../timeline/incident.ts";
import { openMemoryStore } from "../timeline/memoryStore.ts";
import { beginRecorder, openRecorder, type Recorder } from "../timeline/recorder.ts";
import { covers, sayScope, type Scope } from "../timeline/scope.ts";
import type { Store } from "../timeline/store.ts";
import { version } from "../version.ts";
import type { World } from "../world/world.ts";
import { mayLeave } from "./leave.ts";
import { authorOf, chooseIncident, newId, readIncident, readOutlines } from "./ledger.ts";
import { stepOf, type Mitigating } from "./mitigateAsked.ts";
import { changesOf, codeOf, isAnswered, isForcedForNothing, resultOf, sayDryRun, sayLive } from "./mitigateResult.ts";
import { canConsent, sitOnce } from "./once.ts";
import { commonScope, readScopes } from "./scope.ts";

/** `llmops mitigate`: a walk of one step. */
export async function mitigateOnce(world: World, asked: Mitigating): Promise<ExitCode> {
  const scopes = readScopes(asked.scope);
  const scope = commonScope(scopes);
  const step = stepOf(asked, scopes);
  if (asked.yes && scopes.every((one) => Object.keys(one).length === 0))
    throw new UserError({
      what: "--yes consents to what is named, and no --scope names anything.",
      next: "--scope route=NAME, or run it on a terminal without --yes",
      code: exit.refused,
    });
  const recorderIn = async (disk: Store) => {
    const store = asked.dryRun || !canConsent(asked, world) ? openMemoryStore(world, disk) : disk;
    return { store, recorder: await recorderFor(asked, scopes, store, await readOutlines(store, world), world) };
  };
  return sitOnce(world, { ...asked, recorderIn }, async (desk) => {
    try {
      // its one step: the other kinds need not be read first
      return await mayLeave(desk, () => carryOut(step, { ...desk, kinds: [mitigate], scope }, asked));
    } finally {
      if (!asked.dryRun) await closeChange(desk);
    }
  });
}

async function carryOut(step: Step<MitigateBody>, desk: Desk, asked: Mitigating): Promise<ExitCode> {
  const { verify, withinMs } = proofFor(asked, desk);
  const body = { ...step.body, withinMs, ...(verify === undefined ? {} : { verify }) };
  const ended = await runStep(desk, "", { ...step, body });
  const { outcome, error, said } = ended;
  if (isForcedForNothing(said, asked)) desk.speaker.say("--force was not needed: nothing speaks against this change.");
  if (outcome === settling && asked.wait !== "none") {
    const made = changesOf(said, desk);
    const mine = new Set(made.map(({ change }) => change.id));
    // on a terminal the wait itself says so
    if (desk.person.unattended) desk.speaker.say(`${waitingForVerdict(made)}.`);
    await waitForVerdict(
      ({ change }) => mine.has(change.id),
      (one) => !isAnswered(one, asked.wait),
      desk,
    );
  }
  if (asked.json) desk.world.terminal.programs(harmlessJson(resultOf(ended, desk, asked)));
  else if (error !== undefined) desk.tellProblem(error);
  else if (asked.dryRun) desk.speaker.say(sayDryRun(said));
  else for (const line of sayLive(said, desk, asked)) desk.speaker.say(line);
  return codeOf(ended, desk, asked);
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

/** A change that belongs to no incident closes itself, whatever came of it. */
async function closeChange({ recorder, speaker }: Desk): Promise<void> {
  if (recorder.incident.kind !== "change") return;
  try {
    await recorder.recordFrom(({ head }) => [fact("closed", { note: "", head: head.hash })]);
  } catch (thrown) {
    speaker.say(`! ${recorder.incident.id} could not be closed: ${messageOf(thrown)}`);
  }
}

/** The incident it belongs to: the one named, the one open incident that covers the scope, else a change of its own. */
async function recorderFor(
  asked: Mitigating,
  scopes: readonly Scope[],
  store: Store,
  incidents: Outline[],
  world: World,
): Promise<Recorder> {
  const author = authorOf(world);
  if (asked.incident !== undefined) return openRecorder(store, await stillOpen(asked.incident, store, world), author);
  const open = incidents.filter(
    (i) => i.kind === "incident" && i.state === "open" && scopes.every((scope) => covers(i.scope, scope)),
  );
  if (open.length === 1) return openRecorder(store, open[0]!.id, author);
  const scope = commonScope(scopes);
  const more = scopes.length > 1 ? ` and ${scopes.length - 1} more` : "";
  const title = `${asked.kind}: ${sayScope(scopes[0] ?? {})}${more}`;
  const opened = fact("opened", { kind: "change", title, class: null, severity: null, scope, version });
  return beginRecorder(store, newId("CHG", world), author, [opened]);
}

/** What is closed has been told: its record must not grow a change that nobody expects there. */
async function stillOpen(named: string, store: Store, world: World): Promise<string> {
  const id = await chooseIncident(named, store, world);
  const incident = await readIncident(store, id);
  if (incident.state !== "closed") return id;
  throw new UserError({
    what: `${id} is closed; a change made now does not belong to it.`,
    next: "leave --incident out: it is recorded as a change of its own",
    code: exit.usage,
  });
}
