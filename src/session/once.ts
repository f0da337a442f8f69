import type { Desk } from "../engine/desk.ts";
import { keyboardPerson } from "../engine/keyboard.ts";
import type { Person } from "../engine/person.ts";
import { scriptedPerson } from "../engine/script.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { openDesk, speakerOf } from "./desk.ts";
import { openStore } from "./ledger.ts";

export interface Once {
  reason: string;
  /** consents to a plan that reaches no further than asked */
  yes: boolean;
  /** leaves every plan */
  dryRun: boolean;
  target?: string | undefined;
  /** why a switch that does not fit is made all the same */
  force?: string | undefined;
  /** whose timeline it is, and where that is kept */
  recorderIn(disk: Store): Promise<{ recorder: Recorder; store: Store }>;
}

/** Somebody agreed beforehand, or may do so when asked. */
export function canConsent({ yes }: Pick<Once, "yes">, { terminal }: World): boolean {
  return yes || terminal.interactive;
}

/**
 * Sets the desk for one change that was asked for on the command line, and clears it. Where nobody can consent its plan is
 * shown all the same, and refused at the question.
 */
export async function sitOnce(world: World, once: Once, work: (desk: Desk) => Promise<ExitCode>): Promise<ExitCode> {
  const { reason, target, force, yes, dryRun } = once;
  const project = await openProject(world);
  try {
    const { recorder, store } = await once.recorderIn(openStore(world, project));
    const sitting = await openDesk({
      world,
      project,
      store,
      recorder,
      reason,
      scripted: yes || dryRun || !world.terminal.interactive,
      person: (desk) => personAt(desk, once, world),
      ...(target === undefined ? {} : { target }),
      ...(force === undefined ? {} : { force }),
      ...(dryRun || !canConsent(once, world) ? { unprobed: true } : {}),
      ...(dryRun ? { onlyShown: true } : {}),
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

/** Outside of a walk no prompt takes its keys: there is no step to skip or to go back from. */
function personAt(desk: () => Desk, { yes, dryRun }: Once, world: World): Person {
  if (!yes && !dryRun && world.terminal.interactive) return keyboardPerson(world.terminal, speakerOf(desk));
  const scripted = scriptedPerson({ given: {}, yes }, world);
  return yes || dryRun ? scripted : { ...scripted, consent: async () => Promise.reject(nobodyConsents()) };
}

/** Said last: a mistake in what was asked is told first. */
export function nobodyConsents(): UserError {
  return new UserError({
    what: "A change needs consent, and there is no terminal to give it on.",
    next: "the same with --yes consents to it",
    code: exit.refused,
  });
}
