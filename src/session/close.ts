import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import { showStanding, showUnread, type Around } from "../show/standing.ts";
import { tell } from "../show/tell.ts";
import { nameOf, standing, type Placed } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import { recordBlastWithin } from "./blast.ts";
import { authorOf, chooseIncident, openStore } from "./ledger.ts";
import { recordSpentWithin } from "./money.ts";
import { reportIncident } from "./report.ts";
import { watchingHost } from "./watcher.ts";

/** So long (ms) is waited for what the whole incident was like. */
const patienceMs = 5000;

/** Ends an incident's record. Whoever closes it knows of its live changes, and says whether it is over. */
export async function closeIncident(
  world: World,
  asked: { incident: string | undefined; note: string; json: boolean },
): Promise<ExitCode> {
  const project = await openProject(world);
  const store = openStore(world, project);
  const id = await chooseIncident(asked.incident, store, world);
  const recorder = await openRecorder(store, id, authorOf(world));
  const { incident } = recorder;
  if (incident.state === "closed") throw closedAlready(id);
  // of what somebody keeps it was said already why it stays
  const [kept, carried] = divide(standing([incident]));
  const around = { now: world.clock.now(), watcher: await watchingHost(world, project) };
  if (carried.length > 0 && !(await leavesThem(carried, around, world))) return exit.refused;
  if (kept.length > 0)
    tell(world.terminal, "Kept in production:", ...showStanding(kept, around.now, world.terminal, { detail: true }));
  if (incident.state === "open" && !(await wasResolved(id, world))) return exit.refused;
  await recorder.recordFrom(({ state }) => (state === "open" ? [fact("resolved", { note: asked.note })] : []));
  try {
    await Promise.all([
      recordBlastWithin(patienceMs, world, project, recorder, "end"),
      recordSpentWithin(patienceMs, world, project, recorder),
    ]);
  } finally {
    await project.close();
  }
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

function divide(all: readonly Placed[]): [kept: Placed[], carried: Placed[]] {
  const isKept = ({ tracked }: Placed) => tracked.state === "applied" && tracked.kept !== undefined;
  return [all.filter(isKept), all.filter((one) => !isKept(one))];
}

function closedAlready(id: string): UserError {
  return new UserError({ what: `${id} is closed already.`, next: `llmops incident show ${id}`, code: exit.usage });
}

async function leavesThem(carried: Placed[], around: Around, world: World): Promise<boolean> {
  const [first] = carried as [Placed];
  const list = [
    ...showStanding(carried, around.now, world.terminal, { detail: true }),
    ...showUnread(carried, around, world.terminal),
  ];
  if (!world.terminal.interactive)
    throw new UserError({
      what: `${first.incident.id} still has changes in production:`,
      details: list.map((line) => line.trim()),
      next: `llmops mitigation undo ${nameOf(first)}, or keep it: llmops mitigation keep ${nameOf(first)} --reason "..."`,
      code: exit.refused,
    });
  tell(world.terminal, "Still in production:", ...list);
  return isYes(world, "Close it all the same?", "No, leave it open", "Yes: they stay, and stay listed");
}

/** Whoever closes does not say by that alone that users are served again. */
async function wasResolved(id: string, world: World): Promise<boolean> {
  if (!world.terminal.interactive)
    throw new UserError({
      what: `${id} is not marked resolved.`,
      next: `llmops incident resolve ${id}, or close it on a terminal`,
      code: exit.refused,
    });
  const question = "It is not marked resolved. Was it?";
  return isYes(world, question, "No, leave it open", "Yes: users are served again");
}

async function isYes(world: World, question: string, no: string, yes: string): Promise<boolean> {
  const choices = [
    { value: "no", label: no },
    { value: "yes", label: yes },
  ];
  const answer = await world.terminal.menu({ question, choices, keys: {} });
  return "value" in answer && answer.value === "yes";
}
