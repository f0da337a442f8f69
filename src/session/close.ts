import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import { showChanges } from "../show/change.ts";
import { tell } from "../show/tell.ts";
import { fact } from "../timeline/event.ts";
import type { Incident, TrackedChange } from "../timeline/incident.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import { authorOf, chooseIncident, openStore } from "./ledger.ts";
import { reportIncident } from "./report.ts";

/** Ends an incident's record. Live changes must be known to whoever closes it. */
export async function closeIncident(
  world: World,
  asked: { incident: string | undefined; note: string; json: boolean },
): Promise<ExitCode> {
  const store = openStore(world, await openProject(world));
  const id = await chooseIncident(asked.incident, store, world);
  const recorder = await openRecorder(store, id, authorOf(world));
  const { incident } = recorder;
  if (incident.state === "closed") throw closedAlready(id);
  const carried = incident.changes.filter(({ state }) => state === "applied" || state === "in-doubt");
  if (carried.length > 0 && !(await leavesThem(carried, incident, world))) return exit.refused;
  await recorder.recordFrom(({ state }) => (state === "open" ? [fact("resolved", { note: asked.note })] : []));
  await recorder.recordFrom(({ state, head }) => {
    // somebody else did, while we asked
    if (state === "closed") throw closedAlready(id);
    return [fact("closed", { note: asked.note, head: head.hash })];
  });
  tell(
    world.terminal,
    `${id} is closed. Keep its head elsewhere: it shows later that the record is whole.`,
    `  llmops incident check ${id} --expect-head ${recorder.incident.head.hash}`,
    `  llmops postmortem ${id}`,
  );
  if (asked.json) reportIncident(world, recorder.incident, store);
  return exit.done;
}

function closedAlready(id: string): UserError {
  return new UserError({ what: `${id} is closed already.`, next: `llmops incident show ${id}`, code: exit.usage });
}

async function leavesThem(carried: TrackedChange[], incident: Incident, world: World): Promise<boolean> {
  const { id } = incident;
  const list = showChanges([incident], world.clock.now(), world.terminal);
  if (!world.terminal.interactive)
    throw new UserError({
      what: `${id} still has changes in production:`,
      details: list.map((line) => line.trim()),
      next: `llmops mitigation undo ${carried[0]!.change.id} --incident ${id}, or close it on a terminal`,
      code: exit.refused,
    });
  tell(world.terminal, "Still in production:", ...list);
  const answer = await world.terminal.menu({
    question: "Close it all the same?",
    choices: [
      { value: "no", label: "No, leave it open" },
      { value: "yes", label: "Yes: they stay, and stay listed" },
    ],
    keys: {},
  });
  return "value" in answer && answer.value === "yes";
}
