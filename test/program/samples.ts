import { command, type Command } from "../../src/commands/command.ts";
import { exit } from "../../src/errors.ts";

/** A small command line with one of everything. What `run` is given ends up in `given`. */
export function sampleCommands(given: unknown[] = []): Command[] {
  const now = command({
    name: "",
    summary: "what is open now",
    group: "Start here",
    json: true,
    async run(_world, input) {
      given.push(input);
      return exit.done;
    },
  });
  const start = command({
    name: "incident start",
    summary: "open an incident and walk its runbook",
    group: "Respond",
    details: "Fetches the evidence first. Production changes only where a plan was shown and somebody said yes to it.",
    args: { runbook: { summary: "its id" } },
    options: {
      scope: { value: "D=V", summary: "which tenant, route, user", many: true },
      severity: { value: "S", summary: "how bad", choices: ["SEV1", "SEV2"] },
      wait: { value: "WHAT", summary: "how long", default: "effect" },
      output: { value: "FILE", summary: "where to", short: "-o" },
      "dry-run": { summary: "only show the plan" },
    },
    json: true,
    examples: ["llmops incident start cost-spike --scope tenant=acme"],
    async run(_world, input) {
      const scope: string[] = input.options.scope;
      const severity: string | undefined = input.options.severity;
      const wait: string = input.options.wait;
      const dry: boolean = input.options["dry-run"];
      const runbook: string | undefined = input.args.runbook;
      given.push({ scope, severity, wait, dry, runbook });
      return exit.done;
    },
  });
  const note = command({
    name: "incident note",
    summary: "write something down",
    group: "Respond",
    args: { text: { summary: "what to remember", required: true, many: true } },
    options: { reason: { value: "TEXT", summary: "why", required: true } },
    async run(_world, input) {
      const text: string[] = input.args.text;
      const reason: string = input.options.reason;
      given.push({ text, reason });
      return exit.done;
    },
  });
  return [now, start, note];
}
