import { command } from "./command.ts";

export const watch = command({
  name: "watch",
  summary: "end what is due, remind, tell what others changed",
  group: "Change production",
  details:
    "Undoes changes whose time is over where their plan said so; kill switches and blocks are only reminded of. Reads live " +
    "changes each minute: what somebody else made of one is recorded and told, and nothing is written because of it. Says " +
    "what open cost incidents burn. Erases the kept text of sampled calls when its retention is over (samples: in llmops.yaml). Asks nothing, starts nothing else. Exits 1 when something that was due could not be done.",
  options: { once: { summary: "look once and leave; for cron" } },
  examples: ["llmops watch", "llmops watch --once"],
  async run(world, { options }) {
    const { watchChanges } = await import("../session/watch.ts");
    return watchChanges(world, options.once);
  },
});
