import { command } from "./command.ts";

export const incidentList = command({
  name: "incident list",
  summary: "all incidents, the open ones first",
  group: "Look back",
  json: true,
  examples: ["llmops incident list"],
  async run(world, { json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { openStore, readIncident, readOutlines } = await import("../session/ledger.ts");
    const { incidentAsJson } = await import("../session/report.ts");
    const { showIncidents } = await import("../show/incidents.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const store = openStore(world, await openProject(world));
    const outlines = await readOutlines(store, world);
    if (json) {
      const all = [];
      // one at a time: together they may not fit into memory
      for (const { id, kind } of outlines)
        if (kind !== "change") all.push(incidentAsJson(await readIncident(store, id), store));
      world.terminal.programs(harmlessJson({ incidents: all }));
    } else world.terminal.programs(showIncidents(outlines, world.clock.now(), onStdout(world)).join("\n"));
    return 0;
  },
});
