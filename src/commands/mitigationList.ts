import { command } from "./command.ts";

export const mitigationList = command({
  name: "mitigation list",
  summary: "what is changed in production, by whom, until when",
  group: "Change production",
  details:
    "Of all incidents: until when, who and why, what is known of the effect. Reads what is live now at each config API, and " +
    "says what somebody else changed since. Who does not answer within two seconds is not waited for: then it is told as it " +
    "was last seen.",
  json: true,
  examples: ["llmops mitigation list"],
  async run(world, { json }) {
    const { harmlessJson } = await import("../harmless.ts");
    const { openStore, readOutlines } = await import("../session/ledger.ts");
    const { openLive } = await import("../session/live.ts");
    const { changesAsJson } = await import("../session/report.ts");
    const { watchingHost } = await import("../session/watcher.ts");
    const { showChanges } = await import("../show/change.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const levers = await openLive(world);
    const { project } = levers;
    const incidents = await readOutlines(openStore(world, project), world);
    const live = await levers.read(incidents);
    await levers.close();
    const now = world.clock.now();
    if (json) world.terminal.programs(harmlessJson({ changes: changesAsJson([...live.keys()], now, live) }));
    else {
      const around = { now, watcher: await watchingHost(world, project) };
      world.terminal.programs(showChanges(live, around, onStdout(world), incidents).join("\n"));
    }
    return 0;
  },
});
