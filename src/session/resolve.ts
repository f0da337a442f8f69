import type { ExitCode } from "../errors.ts";
import { showNext } from "../show/next.ts";
import { showStanding, showUnread } from "../show/standing.ts";
import { standing } from "../timeline/changes.ts";
import { fact } from "../timeline/event.ts";
import type { World } from "../world/world.ts";
import { recordFacts } from "./record.ts";
import { watchingHost } from "./watcher.ts";

/** Records that users are served again, and tells what production still carries because of it. */
export function resolveIncident(
  world: World,
  asked: { incident: string | undefined; json: boolean; note: string },
): Promise<ExitCode> {
  const { terminal, clock } = world;
  return recordFacts(
    world,
    asked,
    ({ state }) => (state === "open" ? [fact("resolved", { note: asked.note })] : []),
    async (incident, project) => {
      const placed = standing([incident]);
      const around = { now: clock.now(), watcher: await watchingHost(world, project) };
      const live = [...showStanding(placed, around.now, terminal), ...showUnread(placed, around, terminal)];
      return [
        ...(placed.length === 0 ? [] : ["Still in production:", ...live]),
        ...showNext(incident, around.now, terminal),
      ];
    },
  );
}
