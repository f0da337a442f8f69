import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";

export const missingFolder: RuleOn<"project"> = {
  on: "project",
  name: "missing-folder",
  summary: "the folder that runbooks names is there",
  severity: "error",
  needs: "beside",
  why: "The team's own runbooks are not found, and an alert opens one of ours in their place.",
  seen: "saltstack/salt#19736: told to read a folder that did not exist, it started with nothing but defaults and gave no warning.",
  bad: `
runbooks: ops/runboks
`,
  good: `
runbooks: ops/runbooks
`,
  check({ config, document }, { beside }, report) {
    if (beside?.get(document.file)?.noRunbooks !== true) return;
    const said = harmless(config.runbooks ?? "");
    report({ path: ["runbooks"] }, `there is no folder ${said}`, "paths start from the folder of this file");
  },
};
