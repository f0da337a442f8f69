import type { Finding } from "../../document/document.ts";
import type { Linted, RuleFacts } from "./format.ts";

/** A `reportingDescriptor`. */
interface Described {
  id: string;
  [property: string]: unknown;
}

/** Every rule that was applied, and those of findings of which nothing else is known: GitHub takes none without words. */
export function describeRules({ rules = [], findings }: Linted): Described[] {
  const known = new Set(rules.map(({ name }) => name));
  const others = new Map(findings.flatMap((one) => (known.has(one.rule) ? [] : [[one.rule, one]])));
  return [...rules.map(describe), ...[...others.values()].map(describeFinding)];
}

function describeFinding({ rule, message, why = message }: Finding): Described {
  return { id: rule, shortDescription: { text: rule }, fullDescription: { text: why }, help: { text: why } };
}

function describe({ name, summary, severity, why, bad, good }: RuleFacts): Described {
  const help = (shown: (example: string) => string) =>
    bad === "" ? why : `${why}\n\nFound:\n\n${shown(bad)}\n\nNot found:\n\n${shown(good)}\n`;
  return {
    id: name,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: help(trim), markdown: help((example) => `\`\`\`yaml\n${trim(example)}\n\`\`\``) },
    defaultConfiguration: { level: severity },
  };
}

function trim(example: string): string {
  return example.replace(/^\n+|\n+$/g, "");
}
