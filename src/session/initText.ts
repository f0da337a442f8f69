import { changeKinds } from "../changes/index.ts";
import type { Stack } from "../signals/stack.ts";
import { wrap } from "../show/wrap.ts";
import { sourceKinds } from "../sources/index.ts";
import { targetKinds } from "../targets/index.ts";
import { dimensions } from "../timeline/scope.ts";

export interface Start {
  stack: Stack;
  /** what the stack's own file says of it: comment lines */
  about: string;
  /** of a store of metrics that answered */
  url?: string;
}

/** A whole `llmops.yaml`: what is known, and examples of the rest behind "#". */
export async function initText(start: Start): Promise<string> {
  const { stack, about } = start;
  const parts = [
    head,
    `${about === "" ? "" : `${about}\n`}stack: ${stack.name}`,
    await sources(start),
    dimensionsOf(stack),
    `# Where settings of the product are changed; without it mitigations are told, not done.\n${off(
      nested(await targetKinds["http"]!(), "targets", "gateway"),
    )}`,
    `# Who changed what, to see what came just before the trouble.\n${off(nested(await changeKinds["git"]!(), "changes", "prompts"))}`,
    more(stack),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const head = `## yaml-language-server: $schema=llmops.schema.json
# How llmops reaches this product. All of it is optional; \`llmops doctor\` says what is missing.
# What stands behind a "#" at the margin is an example: take the "#" away, keep the indent, put in what is yours.
# No secret stands here: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] } say where it is.
# For completion and hover in an editor: llmops runbook schema project > llmops.schema.json; one "#" off the first line.`;

async function sources({ stack, url }: Start): Promise<string> {
  const metrics = nested(await sourceKinds["prometheus"]!(), "sources", "metrics");
  const title = "# Where llmops reads how the product does.";
  if (stack.language === "sql") {
    const calls = nested(await sourceKinds["calls"]!(), "sources", "calls").replace(/^( +fields:)/m, "#$1");
    return `${title} ${records}\n${calls}\n${off(below(metrics))}`;
  }
  const logs = off(below(nested(await sourceKinds["loki"]!(), "sources", "logs")));
  if (url === undefined) return `${title}\n${off(metrics)}\n${logs}`;
  const [first, name, kind, ...settings] = metrics.split("\n");
  const known = settings.map((line) =>
    /^ +url:/.test(line) ? line.replace(/".*"/, () => JSON.stringify(url)) : `#${line}`,
  );
  return `${title}\n${[first, name, kind, ...known].join("\n")}\n${logs}`;
}

const records = `Call records are JSON objects, one a line: timestamp, route, tenant, user_id,
# model, provider, status, latency_ms, token_usage {prompt, completion}, cost_usd …; fields: fits other spellings.`;

/** How the stack's metrics tell calls apart, and what a project can put in the place of the rest. */
function dimensionsOf({ name, language, labels, parts }: Stack): string {
  if (language === "sql") return "";
  const known = dimensions.flatMap((d) => (labels[d] === undefined ? [] : [`${d} (${labels[d]})`]));
  const others = [...parts].filter((part) => !(dimensions as readonly string[]).includes(part));
  const said = `${name} tells apart: ${known.length === 0 ? "nothing" : known.join(", ")}.`;
  const more = `What else can play the part of a dimension, under dimensions: ${others.join(", ")}.`;
  return [said, ...(others.length === 0 ? [] : [more])].flatMap(comment).join("\n");
}

function comment(text: string): string[] {
  const page = { columns: 118, unicode: true, style: (_: unknown, plain: string) => plain };
  return wrap("", [text], page, 0).map((line) => `# ${line}`);
}

function more({ queries, labels }: Stack): string {
  const prices =
    queries.has("cost_per_hour") || labels.model === undefined
      ? []
      : [
          "# US dollars for a million tokens: cost is estimated where nothing counts it.",
          "#prices: { my-model: { in: 0.15, out: 0.6 } }",
        ];
  return [
    ...prices,
    "# What is healthy here, what is asked for nowhere else, and runbooks of your own, which win over ours of the same id.",
    '#objectives: { error_rate: "< 2%" }',
    "#defaults: { for: 30m, token-clamp: { max_tokens: 512 } }",
    "#routes: { support.reply: { criticality: 1, owner: support } }",
    "#runbooks: runbooks",
  ].join("\n");
}

/** "section:", "  name:", "    kind:" and below it the kind's own example. */
function nested({ kind, example }: { kind: string; example: string }, section: string, name: string): string {
  return `${section}:\n  ${name}:\n    ${kind}:\n${example.trimEnd().replace(/^/gm, "      ")}`;
}

/** Without its first line: for a section that stands there already. */
function below(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}

function off(text: string): string {
  return text.replace(/^/gm, "#");
}
