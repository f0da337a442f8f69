import { due } from "../due.ts";
import { formatDuration } from "../duration.ts";
import { exit, Interrupted, messageOf, type ExitCode } from "../errors.ts";
import { openProject, type Project } from "../project.ts";
import { tell } from "../show/tell.ts";
import { showWatching } from "../show/watching.ts";
import { standing } from "../timeline/changes.ts";
import type { Outline } from "../timeline/incident.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { openDriftLook } from "./drift.ts";
import { sayErased } from "./erase.ts";
import { authorOf, openStore, readOutlines } from "./ledger.ts";
import { openTold, type Told } from "./told.ts";
import { doAll } from "./watchDue.ts";
import { tellMoney } from "./watchMoney.ts";
import { tellRestarts } from "./watchRestarts.ts";
import { whileWatching } from "./watcher.ts";

/** What all rounds of a watch share. */
export interface Watch {
  world: World;
  project: Project;
  store: Store;
  told: Told;
}

/** How often the timelines are looked through, ms. */
const everyMs = 15_000;

/** How often levers are read for what others did, and how often money is reckoned, ms. */
const rarelyMs = 60_000;

/** How often it is looked, ms, whether what may still arrive is decided, where nobody looks through the timelines again. */
const onceMs = 1000;

/** `llmops watch`: does what is due and tells what others did, until interrupted or once. */
export async function watchChanges(world: World, once: boolean): Promise<ExitCode> {
  const project = await openProject(world);
  const watch: Watch = { world, project, store: openStore(world, project), told: openTold() };
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
  const { world, store } = watch;
  const begun = standing(await readOutlines(store, world));
  tell(world.terminal, ...showWatching(begun, world.clock.now(), world.terminal));
  const drift = await openDriftLook(watch);
  try {
    for (let next = -Infinity; ;) {
      const all = await readOutlines(store, world);
      await doAll(due(all, world.clock.now()), watch);
      tellRestarts(all, watch);
      await eraseOutdated(all, watch);
      if (world.clock.monotonic() >= next) {
        next = world.clock.monotonic() + rarelyMs;
        await drift.look();
        await tellMoney(all, watch);
      }
      await world.clock.sleep(everyMs, world.interrupted);
    }
  } finally {
    await drift.close();
  }
}

/** What may still arrive is decided, too: who runs it from time to time finds it done. */
async function lookOnce(watch: Watch): Promise<ExitCode> {
  const { world, store } = watch;
  const all = await readOutlines(store, world);
  let failures = 0;
  for (let items = due(all, world.clock.now()); items.length > 0;) {
    const left = await doAll(items, watch);
    failures += left.failures;
    items = left.arriving;
    if (items.length > 0) await world.clock.sleep(onceMs, world.interrupted);
  }
  tellRestarts(await readOutlines(store, world), watch);
  failures += await eraseOutdated(all, watch);
  const drift = await openDriftLook(watch);
  try {
    await drift.look();
  } finally {
    await drift.close();
  }
  return failures > 0 ? exit.findings : exit.done;
}

/** What calls said is erased when its time is over; how many could not be. */
async function eraseOutdated(all: readonly Outline[], { world, project, store, told }: Watch): Promise<number> {
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
      if (told.isNews(id, what)) tell(world.terminal, `! ${id}: what its calls said is not erased: ${what}`);
    }
  }
  return failures;
}
