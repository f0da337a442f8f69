import { command } from "./command.ts";

export const postmortem = command({
  name: "postmortem",
  summary: "render the postmortem from the timeline",
  group: "Look back",
  details:
    "Everything in it was recorded; what only a person can know is a marked blank, listed at the end. " +
    "With -o an existing file is only overwritten while nobody has edited it.",
  args: { incident: { summary: "its id; left out: the open one, else the last" } },
  options: {
    template: { summary: "a template of your own (Handlebars)", value: "FILE" },
    output: { summary: "write it there; left out or -: stdout", value: "FILE", short: "-o" },
  },
  json: true,
  examples: ["llmops postmortem", "llmops postmortem 7f3k -o postmortem.md"],
  async run(world, { args, options, json }) {
    const { writePostmortem } = await import("../session/postmortem.ts");
    const output = options.output === "-" ? undefined : options.output;
    return writePostmortem(world, { ...options, output, incident: args.incident, json });
  },
});
