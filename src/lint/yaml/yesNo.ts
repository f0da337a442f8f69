import { harmless } from "../../harmless.ts";
import type { RuleOn } from "../rule.ts";
import { scalarsOf } from "./scalars.ts";

/** The booleans of YAML 1.1; those of 1.2 are the same everywhere. */
const booleans = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
/** And as names of choices these too, since a condition that names one is no text. */
const values = /^(?:true|True|TRUE|false|False|FALSE|null|Null|NULL|~)$/;

export const yesNo: RuleOn<"yaml"> = {
  on: "yaml",
  name: "yes-no",
  summary: "yes, no, on and off stand in quotes",
  severity: "warning",
  why: "Readers of YAML 1.1, PyYAML among them, take it for true or false: what checks, shows or edits the file sees another one.",
  seen: "Our own triage.yaml, where a choice was labelled `Yes` without quotes; huggingface/huggingface_hub#797 and ggml-org/llama.cpp#12114: the language `no` of model cards is read as false.",
  bad: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: cause, title: Why?, ask: { question: Is it the provider?, choices: { fails: It fails, no: It is not } } }
`,
  good: `
id: example
title: Example
class: cost
severity: SEV2
summary: An example.
steps:
  - { id: cause, title: Why?, ask: { question: Is it the provider?, choices: { fails: It fails, "no": It is not } } }
`,
  check(document, _, report) {
    for (const { style, written, isKey, path, beside, start, end } of scalarsOf(document)) {
      if (style !== "plain") continue;
      // our own word: `mitigate: { do: block, on: user }`
      if (isKey && written === "on" && beside.includes("do")) continue;
      const isChoice = isKey && (path.at(-2) === "choices" || path.at(-2) === "hint");
      if (!booleans.test(written) && !(isChoice && values.test(written))) continue;
      report(
        { start, end },
        `${harmless(written)} is ${/^(?:n|no|off|false|null|~)$/i.test(written) ? "false or nothing" : "true"} to other readers of YAML`,
        `write "${written}"`,
        `"${written}"`,
      );
    }
  },
};
