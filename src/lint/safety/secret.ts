import { redact } from "../../redact/redact.ts";
import type { RuleOn } from "../rule.ts";

export const secret: RuleOn<"yaml"> = {
  on: "yaml",
  name: "secret",
  summary: "no file holds a key, a token or a password",
  severity: "error",
  why: "Everybody who can read the runbooks has it, and so has everybody who ever cloned them.",
  seen: "Toyota T-Connect: an access key in code that was public on GitHub from December 2017 to 2022-09-15, and 296,019 addresses within its reach.",
  bad: `
id: example
title: Example
class: availability
severity: SEV2
summary: An example.
steps:
  - { id: try, title: Try it, instruct: "Call it with api_key=sk-proj-4f9aK2mQ7xR1tZ8vB3nL6wYc" }
`,
  good: `
id: example
title: Example
class: availability
severity: SEV2
summary: An example.
steps:
  - { id: try, title: Try it, instruct: "Call it with the key from the secret store, api_key=$GATEWAY_KEY" }
`,
  check({ text }, _, report) {
    const found: { kind: string; value: string }[] = [];
    redact(text, "secrets", (kind, value) => {
      found.push({ kind, value });
      return "*".repeat(value.length);
    });
    const seen = new Set<string>();
    for (const { kind, value } of found) {
      const start = text.indexOf(value);
      // what is left of one that was found already, or the same once more
      if (start < 0 || seen.has(value)) continue;
      seen.add(value);
      report(
        { start, end: start + value.length },
        `what stands here looks like a secret (${kind})`,
        "take it out and revoke it: it stays in the history. A project names secrets as { env: NAME } or { file: PATH }",
      );
    }
  },
};
