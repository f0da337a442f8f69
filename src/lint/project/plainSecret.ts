import type { Path } from "../../document/document.ts";
import { hasValue } from "../../redact/named.ts";
import { redact } from "../../redact/redact.ts";
import { isSecretName } from "../../redact/secrets.ts";
import { valueAt } from "../../schema/schema.ts";
import type { RuleOn } from "../rule.ts";

const sections = ["sources", "targets", "actions", "sinks", "changes", "probes"];

/** What looks like a secret whatever it is called is the rule `secret`. */
export const plainSecret: RuleOn<"project"> = {
  on: "project",
  name: "plain-secret",
  summary: "what a project logs in with is not written in its file",
  severity: "error",
  why: "Whoever can read the repository or its history can do in production what this token can.",
  seen: "craigm26/OpenCastor#560: the live API tokens of all nodes, in the config file that git tracks.",
  bad: `
sources:
  metrics: { prometheus: { url: "http://prometheus.example", bearer: open-sesame } }
`,
  good: `
sources:
  metrics: { prometheus: { url: "http://prometheus.example", bearer: { env: METRICS_TOKEN } } }
`,
  check({ document }, _, report) {
    for (const { path, name, value } of plainSecretsIn(document.value))
      if (redact(`${name}: ${value}`, "secrets") === `${name}: ${value}`)
        report(
          { path },
          `the value of \`${name}\` stands here in plain text`,
          "renew it, and name where it is kept: { env: NAME }, { file: PATH } or { command: [PROGRAM] }",
        );
  },
};

/** Every text of a project file whose name says that it is secret. */
export function plainSecretsIn(project: unknown): { path: Path; name: string; value: string }[] {
  const found: { path: Path; name: string; value: string }[] = [];
  const look = (value: unknown, path: Path): void => {
    const name = path.at(-1);
    if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value))
        look(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    else if (typeof value === "string" && typeof name === "string" && isSecret(name) && hasValue(value))
      found.push({ path, name, value });
  };
  for (const section of sections) look(valueAt(project, [section]), [section]);
  return found;
}

function isSecret(name: string): boolean {
  return name === "bearer" || isSecretName(name);
}
