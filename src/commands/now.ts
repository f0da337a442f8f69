import { command } from "./command.ts";

export const now = command({
  name: "",
  summary: "what now: open incidents, live changes, the next command",
  group: "Start here",
  json: true,
  async run(world, { json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { openStore, readStanding } = await import("../session/ledger.ts");
    const { changesAsJson, incidentAsJson } = await import("../session/report.ts");
    const { showNow } = await import("../show/incidents.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const { field } = await import("../show/wrap.ts");
    const paint = onStdout(world);
    const store = openStore(world, await openProject(world));
    const incidents = await readStanding(store, world);
    const open = incidents.filter(({ state, kind }) => state === "open" && kind !== "change");
    if (json)
      world.terminal.programs(
        harmlessJson({ open: open.map((i) => incidentAsJson(i, store)), changes: incidents.flatMap(changesAsJson) }),
      );
    else
      world.terminal.programs(
        [...showNow(incidents, world.clock.now(), paint), "", ...field("record", [store.says], paint)].join("\n"),
      );
    return 0;
  },
});
