import { exit, type ExitCode } from "../errors.ts";
import { openProject, type Project } from "../project.ts";
import { showEvent } from "../show/event.ts";
import { tell } from "../show/tell.ts";
import type { Fact } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import { authorOf, chooseIncident, openStore } from "./ledger.ts";
import { reportIncident } from "./report.ts";

/** Records what somebody says about an incident, beside a walk that may be going on. Nothing to say is no error. `next`: told last. */
export async function recordFacts(
  world: World,
  asked: { incident: string | undefined; json: boolean; closed?: "too" },
  facts: (incident: Incident) => Fact[],
  next: (incident: Incident, project: Project) => Promise<string[]> = async () => [],
): Promise<ExitCode> {
  const project = await openProject(world);
  const store = openStore(world, project);
  const id = await chooseIncident(asked.incident, store, world, asked.closed);
  const recorder = await openRecorder(store, id, authorOf(world));
  recorder.onEvent((event) => tell(world.terminal, ...showEvent(event, recorder.incident, world.terminal)));
  let said: Fact[] = [];
  await recorder.recordFrom((incident) => (said = facts(incident)));
  if (said.length === 0) tell(world.terminal, `${id}: that is so already.`);
  tell(world.terminal, ...(await next(recorder.incident, project)));
  if (asked.json) reportIncident(world, recorder.incident, store);
  return exit.done;
}
