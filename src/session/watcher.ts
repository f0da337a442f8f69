import { join } from "node:path";
import type { Project } from "../project.ts";
import type { World } from "../world/world.ts";

/** A watcher that was not seen for this long (ms) is not watching. */
const freshMs = 2 * 60_000;

const fileOf = (project: Project) => join(project.timelineFolder, "watch.json");

/** `llmops watch` says that it is there. */
export async function sayWatching(world: World, project: Project): Promise<void> {
  await world.files.makeFolder(project.timelineFolder);
  await world.files.replace(
    fileOf(project),
    `${JSON.stringify({ at: world.clock.now(), host: world.host, pid: world.pid })}\n`,
  );
}

/** It is not there any more. */
export async function sayGone(world: World, project: Project): Promise<void> {
  await world.files.remove(fileOf(project));
}

/** Who will end a change whose time is over, in words for the plan. */
export async function whoWatches(world: World, project: Project): Promise<string> {
  const nobody = "by hand: nothing is watching (llmops watch)";
  const text = await world.files.read(fileOf(project));
  if (text === undefined) return nobody;
  try {
    const seen = JSON.parse(text) as { at: number; host: string };
    const ago = world.clock.now() - seen.at;
    // from the future: the clock was set back since, and says nothing of when that was
    return Math.abs(ago) <= freshMs ? `by llmops watch on ${seen.host}` : nobody;
  } catch {
    return nobody;
  }
}
