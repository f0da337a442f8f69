import type { Rule } from "../../src/lint/rule.ts";

/** What a file is called that a rule looks at: by its name it is known what it is. */
export function fileNamed(stem: string, on: Rule["on"]): string {
  switch (on) {
    case "project":
      return `${stem}/llmops.yaml`;
    case "signals":
      return `signals/${stem}.yaml`;
    case "catalogue":
    case "models":
      return `${on === "models" ? on : "signals"}/catalogue.yaml`;
    case "test":
      return `${stem}.test.yaml`;
    case "template":
      return `${stem}.hbs`;
    default:
      return `${stem}.yaml`;
  }
}
