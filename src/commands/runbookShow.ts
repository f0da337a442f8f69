import { command } from "./command.ts";

export const runbookShow = command({
  name: "runbook show",
  summary: "one runbook to read: steps, conditions, decision tree",
  group: "Prepare",
  details:
    "Markdown with a Mermaid diagram, as GitHub shows both; mermaid is the diagram alone. --json: the runbook as it is read.",
  args: { runbook: { summary: "its id", required: true } },
  options: {
    format: {
      summary: "what it is written in",
      value: "FORMAT",
      choices: ["markdown", "mermaid"],
      default: "markdown",
    },
  },
  json: true,
  examples: ["llmops runbook show cost-spike", "llmops runbook show cost-spike --format mermaid"],
  async run(world, { args, options, json }) {
    const { exit } = await import("../errors.ts");
    const { openProject } = await import("../project.ts");
    const { showRunbook } = await import("../session/runbookShow.ts");
    const format = json ? "json" : (options.format as "markdown" | "mermaid");
    world.terminal.programs(await showRunbook(world, await openProject(world), args.runbook, format));
    return exit.done;
  },
});
