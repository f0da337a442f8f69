import { UserError } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import type { Project } from "../project.ts";
import { findRunbook } from "../runbook/find.ts";
import { loadRunbooks } from "../runbook/load.ts";
import { flowchart, mostArrows } from "../show/mermaid.ts";
import { runbookAsMarkdown } from "../show/runbook.ts";
import { treeOf } from "../show/runbookTree.ts";
import { outcomesOf } from "../steps/index.ts";
import type { World } from "../world/world.ts";

/** One runbook, as the project has it. */
export async function showRunbook(
  world: World,
  project: Project,
  id: string,
  format: "markdown" | "mermaid" | "json",
): Promise<string> {
  const { runbook, file } = findRunbook(await loadRunbooks(world.files, project.runbookFolders), id);
  switch (format) {
    case "markdown":
      return runbookAsMarkdown(runbook);
    case "json": {
      const steps = runbook.steps.map((step) => ({ ...step, outcomes: outcomesOf(step) }));
      return harmlessJson({ ...runbook, steps, file });
    }
    case "mermaid": {
      const { nodes, arrows } = treeOf(runbook);
      const drawn = flowchart(nodes, arrows);
      if (drawn !== undefined) return drawn;
      throw new UserError({
        what: `The runbook ${id} is too large to be drawn: ${arrows.length} arrows, and Mermaid draws ${mostArrows} in 50 kB.`,
        next: `llmops runbook show ${id}`,
      });
    }
  }
}
