import { exit, Interrupted, UserError, type ExitCode } from "../errors.ts";
import { walk } from "../engine/walk.ts";
import { keyboardPerson } from "../engine/keyboard.ts";
import { scriptedPerson, type Answers } from "../engine/script.ts";
import type { Desk } from "../engine/desk.ts";
import type { Person } from "../engine/person.ts";
import type { Project } from "../project.ts";
import { showHeader } from "../show/header.ts";
import { showNext } from "../show/next.ts";
import { changesInDoubt, liveChanges } from "../timeline/changes.ts";
import { sayMoved } from "../timeline/describe.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";
import { openDesk } from "./desk.ts";
import { settleOpenDoubts } from "./doubts.ts";
import { handsOf } from "./hands.ts";

/** Walks an incident from where it stands, at the keyboard or from answers. Only one walks at a time. */
export async function walkIncident(
  world: World,
  project: Project,
  store: Store,
  recorder: Recorder,
  answers?: Answers,
): Promise<ExitCode> {
  const { id } = recorder.incident;
  const lease = await store.lease(id);
  if ("heldBy" in lease)
    throw new UserError({
      what: `Somebody else walks ${id}: ${lease.heldBy}`,
      next: `llmops incident show ${id}; note, ack, severity, mitigate and undo work at any time`,
      code: exit.conflict,
    });
  const sitting = await openDesk({
    world,
    project,
    store,
    recorder,
    person: (asked) => personOf(world, asked, answers),
    scripted: answers !== undefined,
  });
  const { desk } = sitting;
  try {
    await recorder.refresh();
    await sayHeader(desk, store);
    await settleOpenDoubts(desk);
    await walk(desk);
    desk.speaker.say(["", ...showNext(recorder.incident, world.clock.now(), world.terminal)].join("\n"));
    return exit.done;
  } catch (thrown) {
    if (thrown instanceof Interrupted) desk.speaker.say(sayInterrupted(desk));
    throw thrown;
  } finally {
    await sitting.close();
    await lease.release();
  }
}

export function personOf(world: World, desk: () => Desk, answers: Answers | undefined): Person {
  if (answers !== undefined) return scriptedPerson(answers, world);
  const speaker = {
    say: (t: string) => desk().speaker.say(t),
    prompting: <T>(ask: () => Promise<T>) => desk().speaker.prompting(ask),
  };
  return keyboardPerson(world.terminal, speaker, () => handsOf(desk()));
}

async function sayHeader(desk: Desk, store: Store): Promise<void> {
  const { recorder, world, runbooks } = desk;
  const { incident } = recorder;
  const wanted = runbooks.get(incident.runbook ?? "")?.scope ?? [];
  const open = wanted.filter((dimension) => incident.scope[dimension] === undefined);
  const more = { open, record: store.place(incident.id), localOffset: world.clock.offset() };
  const carried = (await desk.incidents()).flatMap((one) =>
    [...liveChanges(one), ...changesInDoubt(one)].map(({ change, state }) => {
      const whose = one.id === incident.id ? change.id : `${change.id} of ${one.id}`;
      return `! live    ${whose}  ${sayMoved(change)}${state === "in-doubt" ? ", IN DOUBT" : ""}`;
    }),
  );
  const header = showHeader(incident, world.clock.now(), world.terminal, more);
  desk.speaker.say([...header, ...carried].join("\n"));
}

function sayInterrupted({ recorder }: Desk): string {
  const { id, changes } = recorder.incident;
  const live = changes.filter(({ state }) => state === "applied" || state === "in-doubt").length;
  const carried =
    live === 0
      ? "This incident changed nothing in production."
      : `${live} of your changes live on: llmops mitigation list.`;
  return `\nLeft. Everything is recorded. ${carried}\n  llmops incident resume ${id}`;
}
