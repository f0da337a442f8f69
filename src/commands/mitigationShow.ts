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
    const { openProject } = await import("../project.ts");
    const { findChange } = await import("../session/undo.ts");
    const { openStore } = await import("../session/ledger.ts");
    const { changeAsJson } = await import("../session/report.ts");
    const { showChange } = await import("../show/change.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const placed = await findChange(openStore(world, await openProject(world)), world, args.change, options.incident);
    if (json)
      world.terminal.programs(JSON.stringify({ incident: placed.incident.id, ...changeAsJson(placed.tracked) }));
    else world.terminal.programs(showChange(placed, world.clock.now(), onStdout(world)).join("\n"));
    return 0;
  },
});
