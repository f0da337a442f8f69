import { command } from "./command.ts";

export const now = command({
  name: "",
  summary: "what now: open incidents, live changes, the next command",
  group: "Start here",
  json: true,
  async run(world, { json }) {
    const { openProject } = await import("../project.ts");
    const { openStore, readIncidents } = await import("../session/ledger.ts");
    const { changesAsJson, incidentAsJson } = await import("../session/report.ts");
    const { showNow } = await import("../show/incidents.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const store = openStore(world, await openProject(world));
    const incidents = await readIncidents(store);
    const open = incidents.filter(({ state, kind }) => state === "open" && kind !== "change");
    if (json)
      world.terminal.programs(
        JSON.stringify({ open: open.map((i) => incidentAsJson(i, store)), changes: incidents.flatMap(changesAsJson) }),
      );
    else
      world.terminal.programs(
        [...showNow(incidents, world.clock.now(), onStdout(world)), `\n  record  ${store.says}`].join("\n"),
      );
    return 0;
  },
});
