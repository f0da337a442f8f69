import { command } from "./command.ts";

export const incidentShow = command({
  name: "incident show",
  summary: "one incident on one screen, for whoever takes over",
  group: "Look back",
  details: "What is changed in production first. Exits 1 when its record is damaged, and says where.",
  args: { incident: { summary: "its id; left out: the open one, else the last" } },
  options: { timeline: { summary: "every record, not only the last ones" } },
  json: true,
  examples: ["llmops incident show", "llmops incident show 7f3k --timeline"],
  async run(world, { args, options, json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { chooseIncident, openStore, readIncident, readOutlines } = await import("../session/ledger.ts");
    const { moneyFor } = await import("../session/money.ts");
    const { incidentAsJson } = await import("../session/report.ts");
    const { watchingHost } = await import("../session/watcher.ts");
    const { tell } = await import("../show/tell.ts");
    const { showIncident } = await import("../show/incident.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const project = await openProject(world);
    const store = openStore(world, project);
    const incident = await readIncident(store, await chooseIncident(args.incident, store, world, "too"));
    const others = (await readOutlines(store, world)).filter(({ id }) => id !== incident.id);
    const money = (await moneyFor(world, [incident])).get(incident.id);
    const more = {
      others,
      ...(options.timeline ? { timeline: true } : {}),
      ...(money === undefined ? {} : { money }),
    };
    if (json)
      world.terminal.programs(
        harmlessJson({ ...incidentAsJson(incident, store), money: money ?? null, damage: incident.damage }),
      );
    else {
      const around = { now: world.clock.now(), watcher: await watchingHost(world, project) };
      world.terminal.programs(showIncident(incident, around, onStdout(world), more).join("\n"));
    }
    for (const why of incident.damage) tell(world.terminal, `! The record is damaged: ${why}`);
    return incident.damage.length > 0 ? 1 : 0;
  },
});
