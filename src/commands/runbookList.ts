import { command } from "./command.ts";

export const runbookList = command({
  name: "runbook list",
  summary: "all runbooks: the team's and ours",
  group: "Prepare",
  json: true,
  examples: ["llmops runbook list"],
  async run(world, { json }) {
    const { exit } = await import("../errors.ts");
    const { harmless, harmlessJson } = await import("../harmless.ts");
    const { openProject } = await import("../project.ts");
    const { loadRunbooks } = await import("../runbook/load.ts");
    const { onStdout } = await import("../session/stdout.ts");
    const { tell } = await import("../show/tell.ts");
    const { showRunbooks } = await import("../show/runbooks.ts");
    const { runbooks, broken } = await loadRunbooks(world.files, (await openProject(world)).runbookFolders);
    const rows = runbooks.map(({ file, runbook: { id, class: kind, severity, alerts, title } }) => ({
      id,
      class: kind,
      severity,
      alerts,
      title,
      file,
    }));
    if (json) world.terminal.programs(harmlessJson({ runbooks: rows, broken: broken.map(({ file }) => file) }));
    else world.terminal.programs(showRunbooks(rows, onStdout(world)).join("\n"));
    for (const place of broken.map(({ file }) => harmless(file)))
      tell(world.terminal, `${place} cannot be read: llmops runbook lint ${place}`);
    return broken.length === 0 ? exit.done : exit.findings;
  },
});
