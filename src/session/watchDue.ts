import type { Due } from "../due.ts";
import { contextOf } from "../engine/context.ts";
import { drain } from "../engine/runStep.ts";
import { scriptedPerson } from "../engine/script.ts";
import { Interrupted, messageOf, UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import { showEvent } from "../show/event.ts";
import { showProblem } from "../show/problem.ts";
import { tell } from "../show/tell.ts";
import { StillArriving } from "../steps/doubt.ts";
import { spotOf } from "../steps/spot.ts";
import { undoChange } from "../steps/undo.ts";
import { sayMoved, sayShort } from "../timeline/describe.ts";
import { openRecorder } from "../timeline/recorder.ts";
import { sameValue } from "../timeline/value.ts";
import { openDesk, type Sitting } from "./desk.ts";
import { settleDoubtOf } from "./doubts.ts";
import { authorOf } from "./ledger.ts";
import { mayLeave } from "./leave.ts";
import type { Watch } from "./watch.ts";

interface Left {
  failures: number;
  /** what hangs on a write that may still arrive */
  arriving: Due[];
}

/** Does what is due, one after the other, and none waits: what somebody holds, or what may still arrive, keeps up no other. */
export async function doAll(items: readonly Due[], watch: Watch): Promise<Left> {
  const { world, told } = watch;
  const left: Left = { failures: 0, arriving: [] };
  for (const item of items) {
    try {
      await act(item, watch);
    } catch (thrown) {
      if (thrown instanceof Interrupted) throw thrown;
      if (thrown instanceof StillArriving) left.arriving.push(item);
      else left.failures++;
      const name = nameOf(item);
      const error =
        thrown instanceof UserError ? thrown : new UserError({ what: messageOf(thrown), changed: "unknown" });
      if (!told.isNews(`${name} failed`, error.what)) continue;
      const problem = showProblem(error, world.terminal, world.secrets.hide);
      tell(world.terminal, name, ...problem, "  It stays due and is tried again.");
    }
  }
  return left;
}

function nameOf({ incident, tracked }: Due): string {
  return `${incident.id} ${tracked.change.id}`;
}

async function act(item: Due, watch: Watch): Promise<void> {
  const { world, project, told } = watch;
  const { tracked, what } = item;
  const name = nameOf(item);
  // an end that was put off is an end of its own
  const isNews = () => told.isNews(`${name} ${what}`, String(tracked.endsAt));
  if (what === "remind") {
    if (isNews()) tell(world.terminal, ...(await sayReminder(item, project)));
    return;
  }
  // what an undo is about was told before
  const sitting = await sit(item, watch, what === "undo" ? undefined : `${name}: ${sayMoved(tracked.change)}`);
  try {
    if (what === "undo" && isNews())
      tell(world.terminal, `${name}: its time is over: ${sayMoved(tracked.change)} is to be taken back`);
    if (what === "doubt") await settleDoubtOf(tracked, sitting.desk);
    if (what === "verdict") await sitting.look();
    if (what === "undo") await mayLeave(sitting.desk, () => takeBack(item, sitting));
  } finally {
    await sitting.close();
  }
}

/** What is claimed to be on is read first. */
async function sayReminder({ incident, tracked }: Due, project: Project): Promise<string[]> {
  const { change } = tracked;
  const spot = await spotOf(change, project.targets);
  const read = await spot?.target.read(change.setting, change.scope);
  const live = read === undefined || "error" in read ? undefined : read.value;
  const standing =
    live === undefined
      ? "what is live could not be read"
      : sameValue(live, change.after)
        ? "it is still on"
        : `live is ${sayShort(live)} now: somebody changed it since`;
  const undo = `llmops mitigation undo ${change.id} --incident ${incident.id}`;
  return [`! ${incident.id} ${change.id}: its time is over and ${standing}: ${sayMoved(change)}`, `  ${undo}`];
}

/** The plan was agreed to with its end; nobody is asked again. */
async function takeBack({ incident: { id }, tracked }: Due, { desk }: Sitting): Promise<void> {
  const { recorder } = desk;
  // what a damaged record says, or no longer says, is no ground to write to production unasked
  if (recorder.incident.damage.length > 0)
    throw new UserError({
      what: `its time is over, and it is not taken back by itself: the record of ${id} is damaged`,
      next: `llmops incident check ${id}, then llmops mitigation undo ${tracked.change.id} --incident ${id}`,
    });
  const now = recorder.incident.changes.find(({ change }) => change.id === tracked.change.id);
  // somebody put the end off, or gave it up, since the round began
  if (now?.endsAt !== tracked.endsAt) return;
  const title = `its time was over (${tracked.change.mitigation})`;
  const context = contextOf(desk, { runbook: "", step: "watch", title });
  const { error } = await drain(undoChange(tracked.change.id, context), desk, undefined);
  if (error !== undefined) throw error;
}

/** `head`: said once, before the first line of what is told of it. */
async function sit({ incident }: Due, { world, project, store }: Watch, head?: string): Promise<Sitting> {
  const recorder = await openRecorder(store, incident.id, authorOf(world));
  let isNamed = head === undefined;
  recorder.onEvent((event) => {
    if (isNamed || showEvent(event, recorder.incident, world.terminal).length === 0) return;
    isNamed = true;
    tell(world.terminal, head!);
  });
  const person = () => scriptedPerson({ given: {}, yes: true }, world);
  return openDesk({ world, project, store, recorder, person, scripted: true, impatient: true });
}
