import { due, type Due } from "../due.ts";
import { formatDuration } from "../duration.ts";
import { contextOf } from "../engine/context.ts";
import { drain } from "../engine/runStep.ts";
import { scriptedPerson } from "../engine/script.ts";
import { exit, Interrupted, messageOf, UserError, type ExitCode } from "../errors.ts";
import { openProject, type Project } from "../project.ts";
import { showProblem } from "../show/problem.ts";
import { tell } from "../show/tell.ts";
import { StillArriving } from "../steps/doubt.ts";
import { spotOf } from "../steps/spot.ts";
import { undoChange } from "../steps/undo.ts";
import { sayMoved, sayShort } from "../timeline/describe.ts";
import type { Outline } from "../timeline/incident.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import { sameValue } from "../timeline/value.ts";
import type { World } from "../world/world.ts";
import { openDesk, type Sitting } from "./desk.ts";
import { settleDoubtOf } from "./doubts.ts";
import { mayLeave } from "./leave.ts";
import { sayErased } from "./erase.ts";
import { authorOf, openStore, readOutlines } from "./ledger.ts";
import { whileWatching } from "./watcher.ts";

/** Change, or incident, → what was said about it last: nobody is told the same thing again and again. */
type Reminded = Map<string, string>;

/** What all rounds of a watch share. */
interface Watch {
  world: World;
  project: Project;
  store: Store;
  reminded: Reminded;
}

/** How often the timelines are looked through, ms. */
const everyMs = 15_000;

/** How often it is looked, ms, whether what may still arrive is decided, where nobody looks through the timelines again. */
const onceMs = 1000;

/** `llmops watch`: does what is due, until interrupted or once. */
export async function watchChanges(world: World, once: boolean): Promise<ExitCode> {
  const project = await openProject(world);
  const watch: Watch = { world, project, store: openStore(world, project), reminded: new Map() };
  try {
    return await (once ? lookOnce(watch) : whileWatching(world, project, () => lookForEver(watch)));
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    tell(world.terminal, "Not watching any more: ends are by hand now.");
    // what was taken back so far was told one by one
    throw new Interrupted(thrown.code, "unknown");
  } finally {
    await project.close();
  }
}

async function lookForEver(watch: Watch): Promise<never> {
  for (;;) {
    const all = await readOutlines(watch.store, watch.world);
    await doAll(due(all, watch.world.clock.now()), watch);
    await eraseOutdated(all, watch);
    await watch.world.clock.sleep(everyMs, watch.world.interrupted);
  }
}

/** What may still arrive is decided, too: who runs it from time to time finds it done. */
async function lookOnce(watch: Watch): Promise<ExitCode> {
  const all = await readOutlines(watch.store, watch.world);
  let failures = 0;
  for (let items = due(all, watch.world.clock.now()); items.length > 0;) {
    const left = await doAll(items, watch);
    failures += left.failures;
    items = left.arriving;
    if (items.length > 0) await watch.world.clock.sleep(onceMs, watch.world.interrupted);
  }
  failures += await eraseOutdated(all, watch);
  return failures > 0 ? exit.findings : exit.done;
}

/** What calls said is erased when its time is over; how many could not be. */
async function eraseOutdated(all: readonly Outline[], { world, project, store, reminded }: Watch): Promise<number> {
  const before = world.clock.now() - project.samples.retentionMs;
  const reason = `older than ${formatDuration(project.samples.retentionMs)}`;
  let failures = 0;
  for (const { id, quoted } of all) {
    world.interrupted.throwIfAborted();
    const seqs = quoted.filter(({ at }) => at <= before).map(({ seq }) => seq);
    if (seqs.length === 0) continue;
    try {
      const events = await store.erase(id, seqs, reason, authorOf(world));
      if (events.length > 0) tell(world.terminal, `${id}: ${sayErased(events)}, ${reason}`);
    } catch (thrown) {
      failures++;
      const what = messageOf(thrown);
      if (reminded.get(id) !== what) tell(world.terminal, `! ${id}: what its calls said is not erased: ${what}`);
      reminded.set(id, what);
    }
  }
  return failures;
}

interface Left {
  failures: number;
  /** what hangs on a write that may still arrive */
  arriving: Due[];
}

/** One after the other, and none waits: what somebody holds, or what may still arrive, keeps up no other. */
async function doAll(items: readonly Due[], watch: Watch): Promise<Left> {
  const { world, reminded } = watch;
  const left: Left = { failures: 0, arriving: [] };
  for (const item of items) {
    try {
      await act(item, watch);
    } catch (thrown) {
      if (thrown instanceof Interrupted) throw thrown;
      if (thrown instanceof StillArriving) left.arriving.push(item);
      else left.failures++;
      const name = `${item.incident.id} ${item.tracked.change.id}`;
      const error =
        thrown instanceof UserError ? thrown : new UserError({ what: messageOf(thrown), changed: "unknown" });
      if (reminded.get(name) === error.what) continue;
      reminded.set(name, error.what);
      const problem = showProblem(error, world.terminal, world.secrets.hide);
      tell(world.terminal, name, ...problem, "  It stays due and is tried again.");
    }
  }
  return left;
}

async function act(item: Due, watch: Watch): Promise<void> {
  const { world, project, reminded } = watch;
  const { incident, tracked, what } = item;
  const name = `${incident.id} ${tracked.change.id}`;
  if (what === "remind") {
    if (reminded.has(name)) return;
    reminded.set(name, "");
    return tell(world.terminal, ...(await sayReminder(item, project)));
  }
  const sitting = await sit(item, watch);
  try {
    if (what === "undo" && !reminded.has(name))
      tell(world.terminal, `${name}: its time is over: ${sayMoved(tracked.change)} is to be taken back`);
    if (what === "doubt") await settleDoubtOf(tracked, sitting.desk);
    if (what === "verdict") await sitting.look();
    if (what === "undo") await mayLeave(sitting.desk, () => takeBack(item, sitting));
  } finally {
    await sitting.close();
  }
}

/** What is claimed to be on is read first. */
async function sayReminder({ incident, tracked }: Due, project: Project): Promise<string[]> {
  const { change } = tracked;
  const spot = await spotOf(change, project.targets);
  const read = await spot?.target.read(change.setting, change.scope);
  const live = read === undefined || "error" in read ? undefined : read.value;
  const standing =
    live === undefined
      ? "what is live could not be read"
      : sameValue(live, change.after)
        ? "it is still on"
        : `live is ${sayShort(live)} now: somebody changed it since`;
  const undo = `llmops mitigation undo ${change.id} --incident ${incident.id}`;
  return [`! ${incident.id} ${change.id}: its time is over and ${standing}: ${sayMoved(change)}`, `  ${undo}`];
}

/** The plan was agreed to with its end; nobody is asked again. */
async function takeBack({ incident: { id }, tracked }: Due, { desk }: Sitting): Promise<void> {
  // what a damaged record says, or no longer says, is no ground to write to production unasked
  if (desk.recorder.incident.damage.length > 0)
    throw new UserError({
      what: `its time is over, and it is not taken back by itself: the record of ${id} is damaged`,
      next: `llmops incident check ${id}, then llmops mitigation undo ${tracked.change.id} --incident ${id}`,
    });
  const title = `its time was over (${tracked.change.mitigation})`;
  const context = contextOf(desk, { runbook: "", step: "watch", title });
  const { error } = await drain(undoChange(tracked.change.id, context), desk, undefined);
  if (error !== undefined) throw error;
}

async function sit({ incident }: Due, { world, project, store }: Watch): Promise<Sitting> {
  const recorder = await openRecorder(store, incident.id, authorOf(world));
  const person = () => scriptedPerson({ given: {}, yes: true }, world);
  return openDesk({ world, project, store, recorder, person, scripted: true, impatient: true });
}
