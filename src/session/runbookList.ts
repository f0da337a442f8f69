import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import type { Library, LoadedRunbook } from "../runbook/load.ts";
import type { Covered, RunbookRow } from "../show/runbooks.ts";
import { tell } from "../show/tell.ts";
import type { World } from "../world/world.ts";
import { openStore, readIncident, readOutlines } from "./ledger.ts";
import { findTests, type FoundTests } from "./runbookTests.ts";

/** Every runbook with what became of it: read when, played when, tested how. `cover`: its tests are rehearsed, too. */
export async function runbookRows(
  world: World,
  project: Project,
  { runbooks }: Library,
  cover: boolean,
): Promise<RunbookRow[]> {
  const drills = await lastDrills(world, project, new Set(runbooks.map(({ runbook }) => runbook.id)));
  const tests = await findTests(world, project.runbookFolders);
  const rows: RunbookRow[] = [];
  for (const loaded of runbooks) {
    const { id, class: kind, severity, alerts, title, owner, reviewed } = loaded.runbook;
    const own = tests.filter((one) => isTestOf(one, loaded, project.runbookFolders));
    rows.push({
      id,
      class: kind,
      severity,
      alerts,
      title,
      owner: owner ?? null,
      reviewed: reviewed ?? null,
      drilled: drills.get(id) ?? null,
      tests: own.reduce((sum, one) => sum + one.tests, 0),
      ...(cover ? { coverage: await coverageBy(own, loaded, world) } : {}),
      file: loaded.file,
    });
  }
  return rows;
}

/** A folder's tests are of the runbook beside them, else of the one that a later folder has. */
function isTestOf({ file, runbook: id }: FoundTests, { file: of, runbook }: LoadedRunbook, folders: string[]): boolean {
  return id === runbook.id && folders.indexOf(dirname(file)) <= folders.indexOf(dirname(of));
}

async function coverageBy(own: readonly FoundTests[], loaded: LoadedRunbook, world: World): Promise<Covered> {
  const { runTests } = await import("../rehearse/run.ts");
  const { coverageOf } = await import("../rehearse/coverage.ts");
  const happened = [];
  for (const { text, file } of own) {
    // a turn of the real clock: who presses Ctrl-C is heard
    await world.clock.sleep(0, world.interrupted);
    const tested = await runTests(text, file, {
      find: async () => loaded,
      update: false,
      interrupted: world.interrupted,
    });
    happened.push(...tested.happened);
  }
  const { steps, outcomes, mitigations } = coverageOf(loaded.runbook, happened);
  return { steps, outcomes, mitigations };
}

/** Runbook → the last drill that went through it. What cannot be read is told, and the rest is shown. */
async function lastDrills(world: World, project: Project, wanted: ReadonlySet<string>) {
  const last = new Map<string, { incident: string; at: number }>();
  try {
    const store = openStore(world, project);
    const drills = (await readOutlines(store, world)).filter(({ kind }) => kind === "drill");
    for (const { id: incident, openedAt: at } of drills.reverse()) {
      const { walked } = await readIncident(store, incident);
      for (const step of walked.keys()) {
        const id = step.slice(0, step.indexOf("/"));
        if (!last.has(id)) last.set(id, { incident, at });
      }
      if ([...wanted].every((id) => last.has(id))) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    tell(world.terminal, `! The drills cannot be read: ${thrown.what}`);
  }
  return last;
}
