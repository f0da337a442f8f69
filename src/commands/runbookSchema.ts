import { schemaNames } from "../session/runbookSchemaNames.ts";
import { command } from "./command.ts";

export const runbookSchema = command({
  name: "runbook schema",
  summary: "a JSON Schema, so that an editor completes and explains",
  group: "Prepare",
  details:
    "Save what it prints beside your files, as runbook.schema.json, and write into their first line: " +
    "# yaml-language-server: $schema=runbook.schema.json. There is one for runbooks (runbook), llmops.yaml (project), signals " +
    "files (signals), tests of runbooks (test), and our lists of signals and of models (catalogue, models). It is of " +
    "draft 7, which the YAML language server of most editors reads.",
  args: { file: { summary: `of which kind of file: ${schemaNames.join(", ")}; left out: runbook` } },
  examples: ["llmops runbook schema", "llmops runbook schema project"],
  async run(world, { args }) {
    const { exit } = await import("../errors.ts");
    const { printSchema } = await import("../session/runbookSchema.ts");
    await printSchema(world, args.file ?? "runbook");
    return exit.done;
  },
});
