import { command } from "./command.ts";

export const runbookList = command({
  name: "runbook list",
  summary: "all runbooks: owner, last review and drill, tests",
  group: "Prepare",
  details: "The team's and ours; of the same id the team's. Exits 1 when one of them cannot be read.",
  options: {
    coverage: { summary: "rehearse their tests, and say how much they reach" },
  },
  json: true,
  examples: ["llmops runbook list", "llmops runbook list --coverage"],
  async run(world, { options, json }) {
    const { exit } = await import("../errors.ts");
    const { harmless, harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { loadRunbooks } = await import("../runbook/load.ts");
    const { runbookRows } = await import("../session/runbookList.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const { tell } = await import("../show/tell.ts");
    const { showRunbooks } = await import("../show/runbooks.ts");
    const project = await openProject(world);
    const library = await loadRunbooks(world.files, project.runbookFolders);
    const rows = await runbookRows(world, project, library, options.coverage);
    const broken = library.broken.map(({ file }) => file);
    if (json) world.terminal.programs(harmlessJson({ runbooks: rows, broken }));
    else world.terminal.programs(showRunbooks(rows, world.clock.now(), onStdout(world)).join("\n"));
    for (const place of broken.map((file) => harmless(file)))
      tell(world.terminal, `${place} cannot be read: llmops runbook lint ${place}`);
    return broken.length === 0 ? exit.done : exit.findings;
  },
});
