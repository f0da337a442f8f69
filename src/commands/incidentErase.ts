import { command } from "./command.ts";

export const incidentErase = command({
  name: "incident erase",
  summary: "erase what calls said, or one record, for good",
  group: "Look back",
  details:
    "Erases the kept text of sampled calls that is older than --before (left out: the retention under samples: in llmops.yaml, " +
    "3 days), or with --seq the content of one record: a note, a message, a sample. That it was erased, when, by whom and why is " +
    "recorded; marks and hashes stay, and `incident check` still finds the record whole. `llmops watch` does it by itself when " +
    "the retention is over. What production's state is read from cannot be erased. Copies and backups are not reached.",
  args: { incident: { summary: "its id; left out: the open one, else the last" } },
  options: {
    before: { summary: "only what is older than that, like 1d or 12h", value: "TIME" },
    seq: { summary: "the number of one record, as `incident show` prints it", value: "N" },
    yes: { summary: "do not ask" },
  },
  examples: ["llmops incident erase", "llmops incident erase 7f3k --before 1d --yes", "llmops incident erase --seq 12"],
  async run(world, { args, options }) {
    const { eraseFromIncident } = await import("../session/erase.ts");
    return eraseFromIncident(world, { ...options, incident: args.incident });
  },
});
