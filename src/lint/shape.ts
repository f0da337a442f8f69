import type { Rule } from "./rule.ts";

/** What is found before any rule looks: that a file cannot be read, or is not shaped as its kind is. */
export type Shape = Pick<Rule, "name" | "summary" | "severity" | "why" | "seen" | "bad" | "good">;

export const shapes: readonly Shape[] = [
  {
    name: "read",
    summary: "a file can be read, and is UTF-8",
    severity: "error",
    why: "What cannot be read cannot be walked.",
    seen: "Files that an editor saved as UTF-16, and folders that only their owner may open.",
    bad: "",
    good: "",
  },
  {
    name: "yaml",
    summary: "a file is one YAML 1.2 document without a key twice",
    severity: "error",
    why: "What cannot be read cannot be walked.",
    seen: "A bracket that is never closed, as after a line was mended in the middle of an incident.",
    bad: `
id: example
title: Example
steps:
  - { id: look, title: Look, instruct: Look at the errors.
`,
    good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  },
  {
    name: "schema",
    summary: "a file says what its kind knows, and nothing else",
    severity: "error",
    why: "A key that nobody reads does nothing: what it should have done is missing at night.",
    seen: "A key that was misspelt, or taken from another step: YAML itself takes it without a word.",
    bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instrct: Look at the errors. }
`,
    good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
`,
  },
  {
    name: "suppression",
    summary: "who suppresses a finding names its rule and a reason, and only while there is one",
    severity: "error",
    why: "Whoever reads it later cannot tell whether it still holds, so it suppresses nothing.",
    seen: "Comments that outlived what they suppress, with every linter that asks for no reason.",
    bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  # llmops-disable-next-line duplicate-id
  - { id: look, title: Look, instruct: Look at the errors. }
`,
    good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: look, title: Look, instruct: Look at the errors. }
  # llmops-disable-next-line duplicate-id: kept until the old timeline is closed
  - { id: look, title: Look again, instruct: Look at the errors. }
`,
  },
];
