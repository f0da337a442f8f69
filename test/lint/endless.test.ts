import { beforeAll, describe, expect, it } from "vitest";
import { lint } from "../../src/lint/lint.ts";
import { prepare } from "../../src/lint/read.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\nscope: [route]\n";
const most = 400_000;
const much = (text: string, size = most) => text.repeat(Math.floor(size / text.length));
const instruct = (text: string) => `${head}steps: [{ id: a, title: A, instruct: ${JSON.stringify(text)} }]\n`;
const run = (...command: string[]) =>
  `${head}steps: [{ id: a, title: A, run: { command: ${JSON.stringify(command)} } }]\n`;
const ask = (language: string, text: string) =>
  `${head}evidence: { e: { ${language}: ${JSON.stringify(text)}, healthy: "< 3" } }\nsteps: [{ id: a, title: A, instruct: A }]\n`;
const alert = (more: string) => `groups: [{ name: g, rules: [{ alert: A, expr: sum(up) by (a), ${more} }] }]\n`;

describe("what is made to keep the linter busy takes no longer than its length", { timeout: 120_000 }, () => {
  beforeAll(() => prepare());
  const texts: Record<string, string> = {
    "a verb again and again, and never what it is done to": instruct(much("read ")),
    "words that mean the way back": instruct(much("pin ")),
    "brackets that are never closed": instruct(much("[link ")),
    "a program and half of what it destroys with": run("x", much("git push ")),
    "as many words of a command": run("git", ...Array<string>(30_000).fill("push")),
    "a program alone": run("x", much("aws ")),
    "groups that are never closed": ask("logql", `sum by(${much("prompt ")}`),
    "a format without a field": ask("logql", much("line_format ")),
    "ranges that are never closed": ask("promql", `flagged ${much("[")}`),
    "braces of LogQL": ask("logql", much("{")),
    "brackets of LogQL": ask("logql", much("(")),
    "one label in all of a text": alert(`annotations: { s: ${JSON.stringify(much("$labels.b "))} }`),
    "a link of slashes": alert(`annotations: { runbook_url: "${much("/")}x" }`),
    "100,000 alerts of one runbook": `${head}alerts: [${much("a, ", 300_000)}]\nsteps: [{ id: a, title: A, instruct: A }]\n`,
    "100,000 characters that nobody sees": instruct(much("\u200b", 100_000)),
    "300,000 steps that are none": `steps: [${much("1, ", 900_000)}]\nevidence: 1\ntitle: x\n`,
  };
  it.each(Object.keys(texts))("L01: %s", (name) => {
    const before = process.cpuUsage();
    expect(lint([{ file: "endless.yaml", text: texts[name]! }]).length).toBeGreaterThan(0);
    const { user } = process.cpuUsage(before);
    expect(user / 1e6).toBeLessThan(8);
  });
});
