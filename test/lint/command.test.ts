import { describe, expect, it } from "vitest";
import { runbookLint } from "../../src/commands/runbookLint.ts";
import { runbookList } from "../../src/commands/runbookList.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";

const good = `id: fine
title: Fine
class: cost
severity: SEV2
summary: S
alerts: [CostAlert]
steps: [{ id: a, title: A, instruct: A }]
`;
const bad = good.replace("fine", "bad").replace("instruct: A", "when: { burn: high }, instruct: A");
const project = { "llmops.yaml": "runbooks: runbooks\n" };

async function llmops(files: FakeOptions["files"], ...argv: string[]) {
  const world = fakeWorld({ files: { ...project, ...files } });
  const asked = parse(argv, [runbookLint, runbookList]);
  if ("print" in asked) throw new Error(asked.print);
  const code = await run(asked, world);
  return { code, output: world.terminal.output, screen: world.terminal.screen };
}

describe("llmops runbook lint", () => {
  it("says what was checked, and ends 0 without findings", async () => {
    expect(await llmops({ "runbooks/fine.yaml": good }, "runbook", "lint")).toEqual({
      code: 0,
      output: "",
      screen: "1 runbook, no findings\n",
    });
  });

  it("shows findings with their line, names files as they were named, and ends 1", async () => {
    const { code, output, screen } = await llmops(
      { "runbooks/fine.yaml": good, "runbooks/bad.yaml": bad },
      "runbook",
      "lint",
      "runbooks",
    );
    expect(code).toBe(1);
    expect(output).toBe(`runbooks/bad.yaml:7:36: nothing here has the id burn [unknown-id]
  7 | steps: [{ id: a, title: A, when: { burn: high }, instruct: A }]
    |                                    ^~~~
`);
    expect(screen).toBe("2 runbooks, 1 finding\n");
  });

  it("speaks to GitHub, with everything escaped that could break out", async () => {
    const files = { "runbooks/a,b%.yaml": bad };
    const { output } = await llmops(files, "runbook", "lint", "runbooks/a,b%.yaml", "--format", "github");
    expect(output).toBe(
      "::error file=runbooks/a%2Cb%25.yaml,line=7,col=36,endColumn=40,title=unknown-id::nothing here has the id burn\n",
    );
  });

  it.each([["--json"], ["--format", "json"]])("speaks JSON: %s", async (...flags) => {
    const { code, output } = await llmops({ "runbooks/bad.yaml": bad }, "runbook", "lint", ...flags);
    expect(code).toBe(1);
    expect(JSON.parse(output)).toEqual({
      checked: ["runbooks/bad.yaml"],
      findings: [
        {
          file: "runbooks/bad.yaml",
          line: 7,
          column: 36,
          endColumn: 40,
          rule: "unknown-id",
          severity: "error",
          message: "nothing here has the id burn",
          why: "The condition never holds: the step is silently left out.",
        },
      ],
    });
  });

  it.each([
    ["there is nothing of that name", "nowhere"],
    ["a folder holds none", "empty"],
  ])("ends 2 where %s", async (_, path) => {
    const { code, screen } = await llmops({ "empty/notes.md": "" }, "runbook", "lint", path);
    expect(code).toBe(2);
    expect(screen).toContain(path);
  });

  it("one unreadable file does not hide the others", async () => {
    const world = fakeWorld({ files: { ...project, "runbooks/bad.yaml": bad, "runbooks/bin.yaml": "" } });
    const read = world.files.readBytes.bind(world.files);
    world.files.readBytes = async (path) =>
      path.endsWith("bin.yaml") ? new Uint8Array([0xff, 0xfe, 0x41]) : read(path);
    const asked = parse(["runbook", "lint", "--json"], [runbookLint]);
    expect(await run(asked as never, world)).toBe(1);
    const { findings } = JSON.parse(world.terminal.output) as { findings: { file: string; message: string }[] };
    expect(findings.map(({ file }) => file)).toEqual(["runbooks/bin.yaml", "runbooks/bad.yaml"]);
    expect(findings[0]?.message).toContain("not UTF-8");
  });

  it("the runbooks that come with llmops have no findings", async () => {
    const world = fakeWorld({});
    const asked = parse(["runbook", "lint"], [runbookLint]);
    const code = await run(asked as never, world);
    expect(world.terminal.output).toBe("");
    expect(code).toBe(0);
  });
});

describe("llmops runbook list", () => {
  it("shows the team's before ours", async () => {
    const { code, output } = await llmops({ "runbooks/fine.yaml": good }, "runbook", "list");
    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}id .*class .*sev .*title and alerts\n {2}fine +cost +SEV2 +Fine \(CostAlert\)\n/);
  });

  it("names what cannot be read, and ends 1", async () => {
    const { code, screen } = await llmops({ "runbooks/fine.yaml": `${good}x: 1\n` }, "runbook", "list");
    expect(code).toBe(1);
    expect(screen.replace(/\s+/g, " ")).toContain("fine.yaml cannot be read: llmops runbook lint");
  });
});
