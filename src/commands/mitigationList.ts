import { command } from "./command.ts";

export const mitigationList = command({
  name: "mitigation list",
  summary: "what is changed in production, by whom, until when",
  group: "Change production",
  json: true,
  examples: ["llmops mitigation list"],
  async run(world, { json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { openStore, readOutlines } = await import("../session/ledger.ts");
    const { changesAsJson } = await import("../session/report.ts");
    const { showChanges } = await import("../show/change.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const incidents = await readOutlines(openStore(world, await openProject(world)), world);
    if (json) world.terminal.programs(harmlessJson({ changes: incidents.flatMap(changesAsJson) }));
    else world.terminal.programs(showChanges(incidents, world.clock.now(), onStdout(world)).join("\n"));
    return 0;
  },
});
