import { exit, UserError, type ExitCode } from "../errors.ts";
import { expose } from "../exposition.ts";
import { openProject } from "../project.ts";
import { tell } from "../show/tell.ts";
import { incidentMetrics } from "../timeline/metrics.ts";
import type { World } from "../world/world.ts";
import { openStore, readOutlines } from "./ledger.ts";

/** `llmops metrics`: prints the figures of all timelines, and with `push` sends them to every sink. */
export async function showMetrics(world: World, push: boolean): Promise<ExitCode> {
  const project = await openProject(world);
  const text = await expose(incidentMetrics(await readOutlines(openStore(world, project), world)));
  world.terminal.programs(text.trimEnd());
  if (!push) return exit.done;
  if (project.sinks.length === 0)
    throw new UserError({
      what: "The project names no sink to push to.",
      next: 'sinks: { metrics: { pushgateway: { url: "http://127.0.0.1:9091" } } } in llmops.yaml',
      code: exit.usage,
    });
  let failures = 0;
  for (const { name, open } of project.sinks) {
    const { ok, say } = await open().push(text);
    if (!ok) failures++;
    tell(world.terminal, `${ok ? "pushed to" : "! not pushed to"} ${name}: ${say}`);
  }
  return failures > 0 ? exit.failed : exit.done;
}
