import type { Format } from "../show/findings.ts";
import { command } from "./command.ts";

export const runbookLint = command({
  name: "runbook lint",
  summary: "check runbooks: shape, names, reachability, queries",
  group: "Prepare",
  details:
    "Reads files and the runbooks of folders, without network and secrets; left out: the project's runbooks, else ours. " +
    "Exits 0 without findings, 1 with findings, 2 when there is nothing to read.",
  args: { path: { summary: "files or folders", many: true } },
  options: {
    format: { summary: "how findings are told", value: "FORMAT", choices: ["text", "json", "github"], default: "text" },
  },
  json: true,
  examples: ["llmops runbook lint runbooks", "llmops runbook lint --format github"],
  async run(world, { args, options, json }) {
    const { exit } = await import("../errors.ts");
    const { openProject } = await import("../project.ts");
    const { lintPaths } = await import("../session/lint.ts");
    const { renderFindings, sayChecked } = await import("../show/findings.ts");
    const { tell } = await import("../show/tell.ts");
    const linted = await lintPaths(world, await openProject(world), args.path);
    const report = renderFindings(linted, (json ? "json" : options.format) as Format);
    if (report !== "") world.terminal.programs(report);
    tell(world.terminal, sayChecked(linted));
    return linted.findings.length === 0 ? exit.done : exit.findings;
  },
});
