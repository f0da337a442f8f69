import { harmlessJson } from "../../harmless.ts";
import { flat } from "./flat.ts";
import { open, type Format } from "./format.ts";

export const json: Format = {
  kind: "json",
  summary: "programs: one object, with what was checked and what is suppressed",
  render(linted) {
    const findings = open(linted);
    const suppressed = linted.findings.filter((one) => one.suppressed !== undefined);
    const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
    return harmlessJson({
      checked: [...linted.texts.keys()].map((file) => ({ file, kind: linted.kinds?.get(file) })),
      findings: findings.map(flat),
      suppressed: suppressed.map(flat),
      counts: { errors: count("error"), warnings: count("warning"), suppressed: suppressed.length },
    });
  },
};
