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
import { openDesk, speakerOf } from "./desk.ts";
import { settleOpenDoubts } from "./doubts.ts";
import { handsOf } from "./hands.ts";
import { mayLeave } from "./leave.ts";
import { openPinWatch } from "./pinned.ts";

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
  const lookAtPins = openPinWatch(desk);
  try {
    await mayLeave(desk, async () => {
      await recorder.refresh();
      if (lease.after !== undefined) desk.speaker.say(`! ${lease.after} walked this and ended without leaving.`);
      await sayHeader(desk, store);
      await lookAtPins();
      await settleOpenDoubts(desk);
      await walk(desk);
      await lookAtPins();
    });
    desk.speaker.say("", ...showNext(recorder.incident, world.clock.now(), world.terminal));
    return exit.done;
  } catch (thrown) {
    // a drill's sandbox ends with the program: there is nothing to go on with
    if (thrown instanceof Interrupted && recorder.incident.kind !== "drill")
      desk.speaker.say("Everything is recorded; it goes on where you were:", `  llmops incident resume ${id}`);
    throw thrown;
  } finally {
    await sitting.close();
    await lease.release();
  }
}

function personOf(world: World, desk: () => Desk, answers: Answers | undefined): Person {
  if (answers !== undefined) return scriptedPerson(answers, world);
  return keyboardPerson(world.terminal, speakerOf(desk), () => handsOf(desk()));
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
  desk.speaker.say(...header, ...carried);
}
