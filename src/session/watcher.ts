import { join } from "node:path";
import { messageOf } from "../errors.ts";
import type { Project } from "../project.ts";
import { tell } from "../show/tell.ts";
import { notWatched } from "../timeline/describe.ts";
import type { World } from "../world/world.ts";

/** A watcher that was not seen for this long (ms) is not watching. */
const freshMs = 2 * 60_000;

const fileOf = (project: Project) => join(project.timelineFolder, "watch.json");

/** How often a watcher says that it is there, ms. */
const beatMs = 15_000;

/** `llmops watch` says that it is there for as long as `work` runs, however long one part of it takes; then that it is gone. */
export async function whileWatching<T>(world: World, project: Project, work: () => Promise<T>): Promise<T> {
  await sayWatching(world, project);
  const over = new AbortController();
  const beating = beat(world, project, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await beating;
    await world.files.remove(fileOf(project));
  }
}

async function beat(world: World, project: Project, over: AbortSignal): Promise<void> {
  const pause = () => world.clock.sleep(beatMs, over).catch(() => {});
  let told: string | undefined;
  for (await pause(); !over.aborted; await pause())
    try {
      await sayWatching(world, project);
    } catch (thrown) {
      const why = messageOf(thrown);
      if (why !== told)
        tell(world.terminal, `! Plans say that nothing is watching, for that it is cannot be told: ${why}`);
      told = why;
    }
}

async function sayWatching({ files, clock, host, pid }: World, project: Project): Promise<void> {
  await files.makeFolder(project.timelineFolder);
  await files.replace(fileOf(project), `${JSON.stringify({ at: clock.now(), host, pid })}\n`);
}

/** Who will end a change whose time is over, in words for the plan. */
export async function whoWatches(world: World, project: Project): Promise<string> {
  const host = await watchingHost(world, project);
  return host === undefined ? `by hand: ${notWatched}` : `by llmops watch on ${host}`;
}

/** Where `llmops watch` runs for this project now; undefined: nowhere. */
export async function watchingHost(world: World, project: Project): Promise<string | undefined> {
  const text = await world.files.read(fileOf(project));
  if (text === undefined) return undefined;
  try {
    const seen = JSON.parse(text) as { at: number; host: string };
    const ago = world.clock.now() - seen.at;
    // from the future: the clock was set back since, and says nothing of when that was
    return Math.abs(ago) <= freshMs ? seen.host : undefined;
  } catch {
    return undefined;
  }
}
