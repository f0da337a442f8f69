import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Stack } from "../signals/stack.ts";
import type { World } from "../world/world.ts";
import { loadStack, type Signalled } from "./meter.ts";

/** Ours alone, for whoever has no project yet. */
export function shippedOnly(world: World): Signalled {
  return { runbookFolders: [join(world.home, "runbooks")], signals: {}, dimensions: {}, prices: {} };
}

/** Every stack that a project could name; a file of the team's that cannot be read is none of them. */
export async function knownStacks(project: Signalled, world: World): Promise<Stack[]> {
  const folders = project.runbookFolders.map((folder) => world.files.list(join(folder, "signals")));
  const names = (await Promise.all(folders)).flat().flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []);
  const stacks = [...new Set(names)]
    .filter((name) => name !== "catalogue")
    .map(async (name) => {
      try {
        return [await loadStack(name, project, world)];
      } catch (thrown) {
        if (thrown instanceof UserError) return [];
        throw thrown;
      }
    });
  return (await Promise.all(stacks)).flat();
}
