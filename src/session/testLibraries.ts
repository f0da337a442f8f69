import { UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import { findRunbook } from "../runbook/find.ts";
import { loadRunbooks, type Library, type LoadedRunbook } from "../runbook/load.ts";
import type { World } from "../world/world.ts";

/** Where the runbooks of tests are found; each file is read once. */
export interface Libraries {
  world: World;
  /** the runbooks of a folder alone */
  beside(folder: string): Promise<Library>;
  /** the runbook that a test in this folder means: one beside it, before the project's and ours; or why there is none */
  find(folder: string, id: string): Promise<LoadedRunbook | { why: string }>;
}

export function librariesOf(world: World, { runbookFolders }: Project): Libraries {
  const known = new Map<string, Promise<Library>>();
  const load = (...folders: string[]) => {
    const key = folders.join("\n");
    const library = known.get(key) ?? loadRunbooks(world.files, folders);
    known.set(key, library);
    return library;
  };
  return {
    world,
    beside: (folder) => load(folder),
    async find(folder, id) {
      const beside = await load(folder);
      const isBeside = beside.runbooks.some(({ runbook }) => runbook.id === id);
      return findOrWhy(isBeside ? beside : await load(...new Set([folder, ...runbookFolders])), id);
    },
  };
}

function findOrWhy(library: Library, id: string): LoadedRunbook | { why: string } {
  try {
    return findRunbook(library, id);
  } catch (thrown) {
    if (thrown instanceof UserError) return { why: thrown.what };
    throw thrown;
  }
}
