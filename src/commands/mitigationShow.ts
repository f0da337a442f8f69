import { command } from "./command.ts";

export const mitigationShow = command({
  name: "mitigation show",
  summary: "one change with all that is known of it",
  group: "Change production",
  args: { change: { summary: "its id: m1, or 7f3k/m1 where several have one", required: true } },
  options: { incident: { summary: "whose; left out: the one that has such a live change", value: "ID" } },
  json: true,
  examples: ["llmops mitigation show m1"],
  async run(world, { args, options, json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { findChange } = await import("../session/undo.ts");
    const { openStore, readIncident } = await import("../session/ledger.ts");
    const { changeAsJson } = await import("../session/report.ts");
    const { watchingHost } = await import("../session/watcher.ts");
    const { showChange } = await import("../show/change.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const project = await openProject(world);
    const store = openStore(world, project);
    const placed = await findChange(store, world, args.change, options.incident);
    if (json) world.terminal.programs(harmlessJson({ incident: placed.incident.id, ...changeAsJson(placed.tracked) }));
    else {
      const { events } = await readIncident(store, placed.incident.id);
      const around = { now: world.clock.now(), watcher: await watchingHost(world, project) };
      world.terminal.programs(showChange(placed, events, around, onStdout(world)).join("\n"));
    }
    return 0;
  },
});
