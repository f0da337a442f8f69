import type { TestFormat } from "../show/tests.ts";
import { command } from "./command.ts";

export const runbookTest = command({
  name: "runbook test",
  summary: "rehearse runbooks: what their tests say must happen",
  group: "Prepare",
  details:
    "Walks runbooks as incidents do, with evidence, answers and config state from *.test.yaml files, without network, " +
    "secrets and waiting. Left out: the tests beside the project's runbooks, else ours. Exits 0 when all pass, 1 when one " +
    "fails or less than --min is covered, 2 when there is nothing to run.",
  args: { path: { summary: "test files, runbooks or folders", many: true } },
  options: {
    coverage: { summary: "count the steps, outcomes and mitigations that tests reach" },
    min: { summary: "with --coverage: fail below so many per cent", value: "N" },
    update: { summary: "write what happens into the tests, for review", short: "-u" },
    from: { summary: "make a test of a past incident instead", value: "INCIDENT" },
    output: { summary: "with --from: the file to make; left out: stdout", value: "FILE", short: "-o" },
    format: { summary: "how results are told", value: "FORMAT", choices: ["text", "json", "junit"], default: "text" },
  },
  json: true,
  examples: ["llmops runbook test", "llmops runbook test runbooks --coverage --min 100"],
  async run(world, { args, options, json }) {
    const { openProject } = await import("../project.ts");
    const project = await openProject(world);
    if (options.from !== undefined) {
      const { writeTestFrom } = await import("../session/testFrom.ts");
      return writeTestFrom(world, project, { incident: options.from, output: options.output });
    }
    if (options.output !== undefined) {
      const { exit, UserError } = await import("../errors.ts");
      const what = "-o names the file of a new test: it goes with --from.";
      throw new UserError({ what, next: "llmops runbook test --from INCIDENT -o FILE", code: exit.usage });
    }
    const { testRunbooks } = await import("../session/rehearse.ts");
    const format = (json ? "json" : options.format) as TestFormat;
    return testRunbooks(world, project, { ...options, paths: args.path, format });
  },
});
