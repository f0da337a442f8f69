import { checkTest } from "../../rehearse/check.ts";
import { hasKeys, type FileKindOn } from "./kind.ts";

export const runbookTest: FileKindOn<"test"> = {
  kind: "runbook test",
  summary: "what must happen when a runbook is walked with scripted evidence and answers",
  on: "test",
  named: (file) => /\.test\.ya?ml$/.test(file),
  holds: (value) => hasKeys(value, "runbook", "tests"),
  read(document) {
    const { file, findings } = checkTest(document);
    return {
      ...(file === undefined ? {} : { subject: { file, document } }),
      findings: findings.map((one) => ({ ...one, rule: "schema" })),
    };
  },
};
