import { formatNames, type FormatName } from "../show/formats/names.ts";
import { command } from "./command.ts";

export const runbookLint = command({
  name: "runbook lint",
  summary: "check runbooks and all that belongs to them",
  group: "Prepare",
  details:
    "Reads runbooks, their tests, signals files, templates, llmops.yaml and Prometheus rule files: those that are named, " +
    "and what is of them in folders; left out: llmops.yaml and the project's runbooks, else ours. It asks no server, " +
    "reads no secret, and runs nothing, with --changed nothing but git. A finding that is as it should be is " +
    "answered above it: # llmops-disable-next-line RULE: reason. Exits 0 without an error, 1 with one (--fail-on warning: with any finding), 2 when there is nothing to read.",
  args: { path: { summary: "files or folders", many: true } },
  options: {
    format: { summary: "how findings are told", value: "FORMAT", choices: formatNames, default: "text" },
    "fail-on": { summary: "the least that exits 1", value: "LEVEL", choices: ["error", "warning"], default: "error" },
    alerts: { summary: "Prometheus rule files, matched with the runbooks", value: "RULES", many: true },
    changed: {
      summary: "tell only of files that differ from BASE; without it: from where the default branch was left",
      value: "BASE",
      bare: "",
    },
    fix: { summary: "write what is certain, and tell the rest" },
  },
  json: true,
  examples: [
    "llmops runbook lint runbooks",
    "llmops runbook lint --changed --format github",
    "llmops runbook lint --fix runbooks",
  ],
  async run(world, { args, options, json }) {
    const { runLint } = await import("../session/lintReport.ts");
    return runLint(world, {
      paths: args.path,
      alerts: options.alerts,
      format: (json ? "json" : options.format) as FormatName,
      failOn: options["fail-on"] as "error" | "warning",
      changed: options.changed,
      fix: options.fix,
    });
  },
});
