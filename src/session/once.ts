import type { Desk } from "../engine/desk.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { openDesk } from "./desk.ts";
import { openStore } from "./ledger.ts";
import { personOf } from "./walk.ts";

export interface Once {
  reason: string;
  /** consents to a plan that reaches no further than asked */
  yes: boolean;
  /** leaves every plan */
  dryRun: boolean;
  target?: string | undefined;
  /** whose timeline it is, and where that is kept */
  recorderIn(disk: Store): Promise<{ recorder: Recorder; store: Store }>;
}

/** Sets the desk for one change that was asked for on the command line, and clears it. Consent comes first. */
export async function sitOnce(world: World, once: Once, work: (desk: Desk) => Promise<ExitCode>): Promise<ExitCode> {
  const { yes, dryRun, reason, target } = once;
  if (!yes && !dryRun && !world.terminal.interactive)
    throw new UserError({
      what: "A change needs consent, and there is no terminal to give it on.",
      next: "--yes to consent",
      code: exit.refused,
    });
  const project = await openProject(world);
  try {
    const { recorder, store } = await once.recorderIn(openStore(world, project));
    const answers = yes || dryRun ? { given: {}, yes: yes && !dryRun } : undefined;
    const sitting = await openDesk({
      world,
      project,
      store,
      recorder,
      reason,
      scripted: answers !== undefined,
      person: (desk) => personOf(world, desk, answers),
      ...(target === undefined ? {} : { target }),
    });
    try {
      return await work(sitting.desk);
    } finally {
      await sitting.close();
    }
  } finally {
    await project.close();
  }
}
