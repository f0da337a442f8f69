import { command } from "./command.ts";

export const incidentList = command({
  name: "incident list",
  summary: "all incidents, the open ones first",
  group: "Look back",
  json: true,
  examples: ["llmops incident list"],
  async run(world, { json }) {
    const { openProject } = await import("../project.ts");
    const { openStore, readIncidents } = await import("../session/ledger.ts");
    const { incidentAsJson } = await import("../session/report.ts");
    const { showIncidents } = await import("../show/incidents.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const store = openStore(world, await openProject(world));
    const incidents = (await readIncidents(store)).filter(({ kind }) => kind !== "change");
    if (json) world.terminal.programs(JSON.stringify({ incidents: incidents.map((i) => incidentAsJson(i, store)) }));
    else world.terminal.programs(showIncidents(incidents, world.clock.now(), onStdout(world)).join("\n"));
    return 0;
  },
});
