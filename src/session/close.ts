import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import { sayMoved } from "../timeline/describe.ts";
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
  if (incident.state === "closed") throw new UserError({ what: `${id} is closed already.`, code: exit.usage });
  const carried = incident.changes.filter(({ state }) => state === "applied" || state === "in-doubt");
  if (carried.length > 0 && !(await leavesThem(carried, incident, world))) return exit.refused;
  if (incident.state === "open") await recorder.record(fact("resolved", { note: asked.note }));
  await recorder.record(fact("closed", { note: asked.note, head: recorder.incident.head.hash }));
  world.terminal.people(
    `${id} is closed. Head ${recorder.incident.head.hash}: keep it elsewhere.\n  llmops postmortem ${id}`,
  );
  if (asked.json) reportIncident(world, recorder.incident, store);
  return exit.done;
}

async function leavesThem(carried: TrackedChange[], { id }: Incident, world: World): Promise<boolean> {
  const list = carried
    .map((tracked) => `  ${tracked.change.id}  ${sayMoved(tracked.change)}  (${tracked.state})`)
    .join("\n");
  if (!world.terminal.interactive)
    throw new UserError({
      what: `${id} still has changes in production:\n${list}`,
      next: `llmops mitigation undo ${carried[0]!.change.id} --incident ${id}, or close it on a terminal`,
      code: exit.refused,
    });
  world.terminal.people(`Still in production:\n${list}`);
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
