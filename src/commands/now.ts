import { command } from "./command.ts";

export const now = command({
  name: "",
  summary: "what now: open incidents, live changes, the next command",
  group: "Start here",
  json: true,
  async run(world, { json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { moneyFor } = await import("../session/money.ts");
    const { standing } = await import("../timeline/changes.ts");
    const { openStore, readStanding } = await import("../session/ledger.ts");
    const { changesAsJson, incidentAsJson } = await import("../session/report.ts");
    const { watchingHost } = await import("../session/watcher.ts");
    const { showNow } = await import("../show/incidents.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const { field } = await import("../show/wrap.ts");
    const paint = onStdout(world);
    const project = await openProject(world);
    const store = openStore(world, project);
    const incidents = await readStanding(store, world);
    const open = incidents.filter(({ state, kind }) => state === "open" && kind !== "change");
    const money = await moneyFor(world, open);
    const now = world.clock.now();
    if (json)
      world.terminal.programs(
        harmlessJson({
          open: open.map((i) => ({ ...incidentAsJson(i, store), money: money.get(i.id) ?? null })),
          changes: changesAsJson(standing(incidents), now),
        }),
      );
    else {
      const around = { now, watcher: await watchingHost(world, project) };
      world.terminal.programs(
        [...showNow(incidents, around, paint, money), "", ...field("record", [store.says], paint)].join("\n"),
      );
    }
    return 0;
  },
});
