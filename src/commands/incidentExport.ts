import { command } from "./command.ts";

export const incidentExport = command({
  name: "incident export",
  summary: "the timeline, or its marked calls, as JSON Lines",
  group: "Look back",
  details:
    "Without --evals: each record of the timeline as it stands there, with its envelope. " +
    "With --evals: the calls that somebody marked good or bad, each once and as it was marked last, for a suite of evaluations: " +
    "id, incident, route, model, prompt_version, mark, note, at, and under hashes the HMAC-SHA-256 of prompt and response " +
    "(of that many characters from their beginning, under the trimmed text of redaction.key in the timeline's folder), " +
    "by which texts that are kept elsewhere are found. " +
    "prompt and response themselves, redacted, only where `samples: { keep_text: true }` kept them and they are not erased yet. " +
    "With -o an existing file is never overwritten.",
  args: { incident: { summary: "its id; left out: the open one, else the last" } },
  options: {
    evals: { summary: "the calls that were marked good or bad" },
    output: { summary: "write it there; left out or -: stdout", value: "FILE", short: "-o" },
  },
  examples: ["llmops incident export", "llmops incident export 7f3k --evals -o cases.jsonl"],
  async run(world, { args, options }) {
    const { exportIncident } = await import("../session/export.ts");
    const output = options.output === "-" ? undefined : options.output;
    return exportIncident(world, { incident: args.incident, evals: options.evals, output });
  },
});
