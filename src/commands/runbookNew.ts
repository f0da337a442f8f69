import { command } from "./command.ts";

export const runbookNew = command({
  name: "runbook new",
  summary: "write a new runbook that passes lint, to be filled in",
  group: "Prepare",
  details:
    "Asks for what is not given; without a terminal id, title, class, summary and owner must be. Written into the project's " +
    "folder of runbooks, else here; nothing is overwritten.",
  options: {
    id: { summary: "one word: cost-spike", value: "ID" },
    title: { summary: "a few words for a person at 3 a.m.", value: "TEXT" },
    class: {
      summary: "decides the skeleton",
      value: "CLASS",
      choices: ["availability", "latency", "quality", "safety", "cost"],
    },
    severity: { summary: "SEV1 to SEV4; left out: as usual for the class", value: "S" },
    summary: { summary: "what users or bills feel, in one sentence", value: "TEXT" },
    owner: { summary: "the team that keeps it right", value: "TEAM" },
    alert: { summary: "name of an alert that opens it", value: "NAME", many: true },
    signal: { summary: "what it is about; the first says when it is over", value: "NAME", many: true },
    output: { summary: "the file to write", value: "FILE", short: "-o" },
  },
  examples: [
    "llmops runbook new",
    'llmops runbook new --id slow-search --title "Slow search" --class latency --summary "Search takes long" --owner search',
  ],
  async run(world, { options }) {
    const { exit } = await import("../errors.ts");
    const { openProject } = await import("../project.ts");
    const { createRunbook } = await import("../session/runbookNew.ts");
    await createRunbook(world, await openProject(world), options);
    return exit.done;
  },
});
