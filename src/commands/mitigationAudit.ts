import { command } from "./command.ts";

export const mitigationAudit = command({
  name: "mitigation audit",
  summary: "which route lacks a kill switch, a cap, a fallback",
  group: "Prepare",
  details:
    "Before any incident, for CI: every route under routes: against what the targets can change. Reads llmops.yaml, without " +
    "network and secrets; with --read also whether each address is there. A route of criticality 1 without a target, kill " +
    "switch, cap or fallback is an error; all else is a warning. Exits 1 with errors, 2 where no route is registered.",
  options: {
    format: { summary: "how findings are told", value: "FORMAT", choices: ["text", "json", "github"], default: "text" },
    read: { summary: "read each address at its target; nothing is written" },
  },
  json: true,
  examples: ["llmops mitigation audit", "llmops mitigation audit --read --format github"],
  async run(world, { options, json }) {
    const { auditProject } = await import("../session/audit.ts");
    return auditProject(world, { format: json ? "json" : options.format, read: options.read });
  },
});
