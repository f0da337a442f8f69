import { describe, expect, it } from "vitest";
import { runbookLint } from "../../src/commands/runbookLint.ts";
import { runbookNew } from "../../src/commands/runbookNew.ts";
import { runbookTest } from "../../src/commands/runbookTest.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import { incidentClasses } from "../../src/timeline/event.ts";
import { fakeWorld, type FakeOptions, type FakeWorld } from "../fake/world.ts";

const file = "/home/dana/shop/slow.yaml";
const tests = "/home/dana/shop/slow.test.yaml";
const flags = ["--id", "slow", "--title", "Slow search", "--summary", "Search takes long.", "--owner", "search"];

async function llmops(options: FakeOptions, ...argv: string[]) {
  const world = fakeWorld({ ...options, files: { "notes.md": "", ...options.files } });
  return { world, code: await runIn(world, ...argv), screen: world.terminal.screen, output: world.terminal.output };
}

async function runIn(world: FakeWorld, ...argv: string[]) {
  const asked = parse(argv, [runbookNew, runbookLint, runbookTest]);
  if ("print" in asked) throw new Error(asked.print);
  return run(asked, world);
}

describe("llmops runbook new", () => {
  it.each(incidentClasses)("writes a runbook of class %s that the linter has nothing to say about", async (kind) => {
    const { world, code, screen } = await llmops({}, "runbook", "new", ...flags, "--class", kind);
    expect(code).toBe(0);
    expect(screen).toContain("llmops runbook lint slow.yaml\n");
    if (kind === "safety") await expect(await world.files.read(file)).toMatchFileSnapshot("new-safety.txt");
    await runIn(world, "runbook", "lint", "--format", "github", file, tests);
    expect(world.terminal.output).toBe("");
    if (kind === "safety") await expect(await world.files.read(tests)).toMatchFileSnapshot("new-safety.test.txt");
    expect(await runIn(world, "runbook", "test", tests)).toBe(0);
    expect(world.terminal.screen).toContain("3 tests, 3 walks, all passed");
  });

  it("leaves tests of its name as they are", async () => {
    const { world, code, screen } = await llmops(
      { files: { "slow.test.yaml": "mine" } },
      "runbook",
      "new",
      ...flags,
      "--class",
      "cost",
    );
    expect(code).toBe(0);
    expect(screen).not.toContain("tests");
    expect(await world.files.read(tests)).toBe("mine");
  });

  it("writes what it was told, whatever it holds", async () => {
    const odd = 'no: "x" # {y} \u202e';
    const given = ["--title", odd, "--summary", "yes", "--owner", "'a'", "--alert", "A,B", "--alert", "null"];
    const more = ["--signal", "flagged_rate", "--signal", "error_rate", "--severity", "p1"];
    const { world } = await llmops({}, "runbook", "new", "--id", "slow", "--class", "cost", ...given, ...more);
    const { runbook } = parseRunbook((await world.files.read(file))!, file);
    expect(runbook).toMatchObject({
      title: 'no: "x" # {y} \\u202e',
      summary: "yes",
      owner: "'a'",
      alerts: ["A,B", "null"],
      severity: "SEV1",
      reviewed: "2026-11-21",
    });
    expect(runbook!.evidence.map(({ id, ask }) => [id, ask]).slice(0, 3)).toEqual([
      ["main", { signal: "flagged_rate" }],
      ["error_rate", { signal: "error_rate" }],
      ["routes", { signal: "flagged_rate" }],
    ]);
    await runIn(world, "runbook", "lint", "--format", "github", file);
    expect(world.terminal.output).toBe("");
  });

  it("asks for what it was not told", async () => {
    const { world, code } = await llmops(
      {
        typed: [
          { line: "Its id", text: "slow" },
          { line: "Its title", text: "Slow search" },
          { menu: "Which class", value: "latency" },
          { line: "in one sentence", text: "Long." },
        ],
      },
      "runbook",
      "new",
      "--owner",
      "search",
      "--alert",
      "Slow",
    );
    expect(code).toBe(0);
    expect(await world.files.read(file)).toContain("summary: Long.\nalerts: [Slow]");
    world.verify();
  });

  it("asks again after a slip, and before anything else whether there is such a file", async () => {
    const { world, code, screen } = await llmops(
      {
        files: { "slow.yaml": "mine" },
        typed: [
          { line: "Its id", text: "Slow search" },
          { line: "Its id", text: "" },
          { line: "Its id", text: "slow" },
        ],
      },
      "runbook",
      "new",
    );
    expect(code).toBe(2);
    expect(screen).toContain("It needs letters, digits");
    expect(screen).toContain("slow.yaml is there already");
    world.verify();
  });

  it.each([
    [{}, "slow.yaml", 'llmops init, then write runbooks: "." into llmops.yaml'],
    [{ "llmops.yaml": "" }, "slow.yaml", 'No incident finds it yet: write runbooks: "." into llmops.yaml'],
    [{ "llmops.yaml": "", "runbooks/x.md": "" }, "runbooks/slow.yaml", 'write runbooks: "runbooks" into llmops.yaml'],
    [{ "llmops.yaml": "runbooks: team\n", "team/x.md": "" }, "team/slow.yaml", undefined],
  ])("in a project of %j it is written as %s, and says what finds it: %s", async (files, name, said) => {
    const { world, screen } = await llmops({ files }, "runbook", "new", ...flags, "--class", "cost");
    expect(await world.files.exists(`/home/dana/shop/${name}`)).toBe(true);
    const flat = screen.replaceAll(/\s+/g, " ");
    if (said === undefined) expect(flat).not.toContain("No incident finds it");
    else expect(flat).toContain(said);
  });

  it("says where runbooks stand when it is written elsewhere", async () => {
    const files = { "llmops.yaml": "runbooks: team\n", "team/x.md": "" };
    const { screen } = await llmops({ files }, "runbook", "new", ...flags, "--class", "cost", "-o", "slow.yaml");
    expect(screen.replaceAll(/\s+/g, " ")).toContain(
      "No incident finds it there: runbooks stand in /home/dana/shop/team",
    );
  });

  it("says what is missing where nobody can be asked, and writes nothing", async () => {
    const { world, code, screen } = await llmops({}, "runbook", "new", "--id", "slow", "--class", "cost");
    expect(code).toBe(2);
    expect(screen).toContain("--title, --summary, --owner");
    expect(await world.files.exists(file)).toBe(false);
  });

  it("overwrites nothing, and makes no twin", async () => {
    const there = { files: { "slow.yaml": "mine" } };
    const { world, code, screen } = await llmops(there, "runbook", "new", ...flags, "--class", "cost");
    expect(code).toBe(2);
    expect(screen).toContain("never overwritten");
    expect(await world.files.read(file)).toBe("mine");
    const first = await llmops({}, "runbook", "new", ...flags, "--class", "cost");
    const text = (await first.world.files.read(file))!;
    const team = { files: { "llmops.yaml": "runbooks: team\n", "team/other.yaml": text } };
    expect((await llmops(team, "runbook", "new", ...flags, "--class", "cost")).code).toBe(2);
  });

  it("is written into the team's folder, and says when it hides one of ours", async () => {
    const team = { files: { "llmops.yaml": "runbooks: team\n", "team/x.md": "" } };
    const mine = ["--id", "cost-spike", ...flags.slice(2), "--class", "cost"];
    const { world, screen } = await llmops(team, "runbook", "new", ...mine);
    expect(await world.files.exists("/home/dana/shop/team/cost-spike.yaml")).toBe(true);
    expect(screen).toMatch(/used instead of .*runbooks\/cost-spike\.yaml/);
  });

  it.each([
    [["--id", "two words"], "letters, digits"],
    [["--id", "slow", "--signal", "latency_p96"], "did you mean latency_p95?"],
    [["--id", "slow", "--severity", "SEV9"], "SEV4"],
    [["--id", "slow", "-o", "nowhere/slow.yaml"], "no folder"],
  ])("refuses %j", async (wrong, said) => {
    const { code, screen } = await llmops({}, "runbook", "new", ...flags.slice(2), "--class", "latency", ...wrong);
    expect(code).toBe(2);
    expect(screen).toContain(said);
  });
});
