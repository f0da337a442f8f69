import { command } from "./command.ts";

export const mitigationShow = command({
  name: "mitigation show",
  summary: "one change with all that is known of it",
  group: "Change production",
  args: { change: { summary: "its id: m1", required: true } },
  options: { incident: { summary: "whose; left out: the one that has such a live change", value: "ID" } },
  json: true,
  examples: ["llmops mitigation show m1"],
  async run(world, { args, options, json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { findChange } = await import("../session/undo.ts");
    const { openStore, readIncident } = await import("../session/ledger.ts");
    const { changeAsJson } = await import("../session/report.ts");
    const { showChange } = await import("../show/change.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const store = openStore(world, await openProject(world));
    const { incident, tracked } = await findChange(store, world, args.change, options.incident);
    if (json) world.terminal.programs(harmlessJson({ incident: incident.id, ...changeAsJson(tracked) }));
    else {
      const { events } = await readIncident(store, incident.id);
      world.terminal.programs(showChange({ incident, tracked }, events, world.clock.now(), onStdout(world)).join("\n"));
    }
    return 0;
  },
});
