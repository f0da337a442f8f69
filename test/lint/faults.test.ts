import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toYaml } from "../../src/document/document.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { lintParts } from "./parts.ts";
import { fakeWorld } from "../fake/world.ts";
import { saysOf } from "./known.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\n";
const step = "steps: [{ id: a, title: A, instruct: A }]\n";
const found = (text: string) =>
  lintParts([{ file: "x.yaml", text }]).map(({ rule, at, message }) => `${at.line}:${at.column} ${rule}: ${message}`);

async function lintBytes(bytes: Uint8Array) {
  const world = fakeWorld({ files: { "llmops.yaml": "runbooks: runbooks\n", "runbooks/x.yaml": "" } });
  const read = world.files.readBytes.bind(world.files);
  world.files.readBytes = async (path) => (path.endsWith("/x.yaml") ? bytes : read(path));
  const code = await run(parse(["runbook", "lint", "runbooks"]) as never, world);
  return { code, output: world.terminal.output };
}

describe("L04: what is no UTF-8 text is named, never read as something else", () => {
  it.each<[string, Uint8Array]>([
    ["UTF-16, little end first", Uint8Array.from([0xff, 0xfe, ...Buffer.from(head + step, "utf16le")])],
    ["UTF-16, big end first", Uint8Array.from([0xfe, 0xff, ...Buffer.from(head + step, "utf16le").swap16()])],
    ["invalid bytes", Uint8Array.from([...Buffer.from(head), 0xc3, 0x28, ...Buffer.from(`\n${step}`)])],
    ["an overlong slash", Uint8Array.from([...Buffer.from(head), 0xc0, 0xaf])],
    ["a surrogate in UTF-8", Uint8Array.from([...Buffer.from(head), 0xed, 0xa0, 0x80])],
    ["a program", Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe])],
  ])("%s", async (_, bytes) => {
    const { code, output } = await lintBytes(bytes);
    expect(code).toBe(1);
    expect(output).toMatch(/runbooks\/x\.yaml:\d+:\d+: /);
  });

  it("a byte order mark before UTF-8 is no mistake", async () => {
    const shipped = readFileSync("runbooks/cost-spike.yaml");
    const { code, output } = await lintBytes(Uint8Array.from([0xef, 0xbb, 0xbf, ...shipped]));
    expect({ code, output }).toEqual({ code: 0, output: "" });
  });
});

describe("L06: an unknown field names the one that was meant", () => {
  it.each([
    [`${head}sevrity: SEV1\n${step}`, "unknown key `sevrity`, did you mean severity?"],
    [`${head}steps: [{ id: a, title: A, instuct: A }]\n`, "unknown key `instuct`, did you mean instruct?"],
    [
      `${head}steps: [{ id: a, title: A, wait: { untl: { a: done }, within: 5m } }]\n`,
      "unknown key `untl`, did you mean until?",
    ],
  ])("%#", (text, message) => expect(found(text).join("\n")).toContain(message));
});

describe("L07: one finding for each mistake, under the name of its rule", () => {
  const steps = (text: string) => `${head}evidence: { burn: cost_per_hour }\nsteps:\n${text}`;
  it.each([
    ["dangling", "unknown-id", steps("  - { id: a, title: A, when: { nowhere: done }, instruct: A }\n")],
    [
      "an outcome that cannot be",
      "unknown-outcome",
      steps("  - { id: a, title: A, when: { burn: sunny }, instruct: A }\n"),
    ],
    [
      "unreachable",
      "unreachable",
      steps(
        "  - { id: a, title: A, instruct: A }\n  - { id: b, title: B, when: { a: done, burn: healthy }, instruct: B }\n  - { id: c, title: C, when: { b: done, a: not-done }, instruct: C }\n",
      ),
    ],
    ["a cycle without an exit", "continue-cycle", `${head}steps: [{ id: next, title: Go on, continue: example }]\n`],
    [
      "an id twice",
      "duplicate-id",
      steps("  - { id: a, title: A, instruct: A }\n  - { id: a, title: B, instruct: B }\n"),
    ],
    [
      "looks down",
      "looks-down",
      steps("  - { id: a, title: A, when: { b: done }, instruct: A }\n  - { id: b, title: B, instruct: B }\n"),
    ],
    [
      "a verify of nothing",
      "unknown-id",
      steps(
        "  - { id: a, title: A, mitigate: { do: token-clamp, for: 30m, verify: { brun: healthy }, within: 5m } }\n  - { id: help, title: Help, when: { a: [not-enough, no-effect, not-offered, failed] }, escalate: { level: 2 } }\n",
      ),
    ],
    ["an undo of nothing", "unknown-id", steps("  - { id: a, title: A, undo: [clamp] }\n")],
  ])("%s", (_, rule, text) => {
    const findings = lintParts([{ file: "x.yaml", text }]);
    expect(findings.map((finding) => finding.rule)).toEqual([rule]);
  });
});

describe("L08: a mistake in a query is shown where it stands in the file", () => {
  const query = 'sum(rate(x_total[5m]))\n/\nsum(rate(y_total{a=~"("}[5m])) +';
  const indent = (by: string) =>
    query
      .split("\n")
      .map((line) => by + line)
      .join("\n");
  const place = (text: string) =>
    lintParts([{ file: "x.yaml", text }]).map(({ at, rule }) => [
      rule,
      text.split("\n")[at.line - 1]!.slice(at.column - 1),
    ]);
  it.each<[string, string]>([
    ["literal", `|\n${indent("      ")}\n`],
    ["literal, chomped, deeper", `|2-\n${indent("        ")}\n`],
    ["folded", `>-\n${indent("      ")}\n`],
    ["quoted", `'${query.replaceAll("\n", "\n      ")}'\n`],
    ["double quoted", `${JSON.stringify(query)}\n`],
  ])("%s", (_, written) => {
    const text = `${head}evidence:\n  e:\n    healthy: "< 3"\n    promql: ${written}${step}`;
    const [[rule, at] = []] = place(text);
    expect(rule).toBe("promql");
    // the operator without a right side, or the end right behind it
    expect(at).toMatch(/^(\+|['"]?$)/);
  });
});

/** Valid alert expressions: what LLM stacks are watched by, and each construct that PromQL has. */
const expressions = readFileSync(new URL("./alerts.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
describe("L09: no false alarm for a valid alert expression", () => {
  it.each(expressions)("%s", (promql) => expect(saysOf(promql, { forMs: 300_000 })).toEqual([]));

  const promtool = spawnSync("promtool", ["--version"]).error === undefined;
  it.skipIf(!promtool)("Prometheus itself takes each of them (promtool)", () => {
    const folder = mkdtempSync(join(tmpdir(), "llmops-alerts-"));
    try {
      const rules = expressions.map((expr, n) => ({ alert: `A${n}`, expr }));
      writeFileSync(join(folder, "rules.yaml"), toYaml({ groups: [{ name: "all", rules }] }));
      const { stdout, stderr, status } = spawnSync("promtool", ["check", "rules", join(folder, "rules.yaml")], {
        encoding: "utf8",
      });
      expect({ stderr: stderr.slice(0, 2000), status }, stdout.slice(0, 500)).toEqual({ stderr: "", status: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("L11: a runbook of almost a megabyte is checked", () => {
  const steps = Array.from({ length: 6000 }, (_, n) => `  - { id: s${n}, title: ${"T".repeat(100)}, instruct: Look. }`);
  expect(found(`${head}steps:\n${steps.join("\n")}\n`)).toEqual([]);
});
