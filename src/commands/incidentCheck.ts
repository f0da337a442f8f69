import { command } from "./command.ts";

export const incidentCheck = command({
  name: "incident check",
  summary: "is the record whole, in order, and as it was written?",
  group: "Look back",
  details:
    "Every record carries the hash of the one before it. Names the first record that is not as it was written, what is missing, " +
    "moved, repeated or cut off, and the part before it that still holds. Exits 1 when something is wrong. " +
    "A chain proves nothing against somebody who writes all of it anew, or cuts its end off: keep the head that " +
    "`incident close` and the postmortem print in another place, and give it with --expect-head.",
  args: { incident: { summary: "its id; left out: the open one, else the last" } },
  options: {
    "expect-head": { summary: "the hash of a record that must be there: what was kept elsewhere", value: "HASH" },
  },
  json: true,
  examples: ["llmops incident check", "llmops incident check 7f3k --expect-head 9c1f..."],
  async run(world, { args, options, json }) {
    const { checkIncident } = await import("../session/check.ts");
    return checkIncident(world, { incident: args.incident, expect: options["expect-head"], json });
  },
});
