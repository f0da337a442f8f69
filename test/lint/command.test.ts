import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runbookLint } from "../../src/commands/runbookLint.ts";
import { runbookList } from "../../src/commands/runbookList.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";

const shipped = readFileSync("runbooks/cost-spike.yaml", "utf8");
const good = shipped.replace("id: cost-spike", "id: fine").replace("[TokenCostExplosion]", "[CostAlert]");
const bad = shipped
  .replace("id: cost-spike", "id: bad")
  .replace("[TokenCostExplosion]", "[BadAlert]")
  .replace("nothing: { burn: healthy }", "nothing: { brun: healthy }");
const place = placeIn(bad, "brun");

function placeIn(text: string, word: string): { line: number; column: number; written: string } {
  const lines = text.split("\n");
  const line = lines.findIndex((one) => one.includes(word));
  return { line: line + 1, column: lines[line]!.indexOf(word) + 1, written: lines[line]! };
}

const small = `id: fine
title: Fine
class: cost
severity: SEV2
summary: S
alerts: [CostAlert]
steps: [{ id: a, title: A, instruct: A }]
`;
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
      screen: "1 project, 1 runbook, no findings\n",
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
    const gutter = " ".repeat(String(place.line).length);
    expect(output)
      .toBe(`runbooks/bad.yaml:${place.line}:${place.column}: error: nothing here has the id brun, did you mean burn? [unknown-id]
  ${place.line} | ${place.written}
  ${gutter} | ${" ".repeat(place.column - 1)}^~~~
    why:  A condition with it never holds, so that its step is silently left out; what picks, undoes or waits by it has nothing to look at.
`);
    expect(screen).toBe("2 runbooks, 1 finding\n");
  });

  it("speaks to GitHub, with everything escaped that could break out", async () => {
    const files = { "runbooks/a,b%.yaml": bad };
    const { output } = await llmops(files, "runbook", "lint", "runbooks/a,b%.yaml", "--format", "github");
    expect(output).toContain(
      `::error file=runbooks/a%2Cb%25.yaml,line=${place.line},col=${place.column},endColumn=${place.column + 4},title=unknown-id::nothing here has the id brun`,
    );
  });

  it.each([["--json"], ["--format", "json"]])("speaks JSON: %s", async (...flags) => {
    const { code, output } = await llmops({ "runbooks/bad.yaml": bad }, "runbook", "lint", "runbooks", ...flags);
    expect(code).toBe(1);
    const start = bad.indexOf("brun");
    expect(JSON.parse(output)).toEqual({
      checked: [{ file: "runbooks/bad.yaml", kind: "runbook" }],
      findings: [
        {
          file: "runbooks/bad.yaml",
          line: place.line,
          column: place.column,
          endColumn: place.column + 4,
          rule: "unknown-id",
          severity: "error",
          message: "nothing here has the id brun, did you mean burn?",
          why: "A condition with it never holds, so that its step is silently left out; what picks, undoes or waits by it has nothing to look at.",
          fix: { start, end: start + 4, text: "burn" },
        },
      ],
      suppressed: [],
      counts: { errors: 1, warnings: 0, suppressed: 0 },
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

  const warned = good.replace(/owner: .*\n/, "");
  it.each<[string, string, number, ...string[]]>([
    ["a warning alone ends 0", warned, 0],
    ["a warning ends 1 where that is asked for", warned, 1, "--fail-on", "warning"],
    ["an error ends 1 always", bad, 1, "--fail-on", "error"],
    [
      "what is suppressed counts for nothing",
      warned.replace(/^(id: .*)/m, "# llmops-disable-next-line no-owner: everybody's\n$1"),
      0,
      "--fail-on",
      "warning",
    ],
  ])("%s", async (_, text, wanted, ...flags) => {
    const { code, screen, output } = await llmops({ "runbooks/x.yaml": text }, "runbook", "lint", "runbooks", ...flags);
    expect(code, output).toBe(wanted);
    const said = {
      [warned]: "1 runbook, 1 finding (no errors, 1 warning)",
      [bad]: "1 runbook, 1 finding",
    };
    expect(screen).toBe(`${said[text] ?? "1 runbook, no findings, 1 suppressed"}\n`);
  });

  it("looks into folders, and leaves alone what is none of ours", async () => {
    const { code, screen, output } = await llmops(
      {
        "runbooks/fine.yaml": good,
        "runbooks/deeper/also.yaml": good.replace("id: fine", "id: also").replace("CostAlert", "OtherAlert"),
        "runbooks/deeper/deployment.yaml": "kind: Deployment\n",
        "runbooks/deeper/chart.yaml": "a: {{ .Values.x }}\n",
        "runbooks/signals/ours.yaml": "stack: ours\nlanguage: promql\nsignals: {}\n",
        "runbooks/pm.md.hbs": "# {{text title}}\n",
        "docker-compose.yaml": "services: {}\n",
      },
      "runbook",
      "lint",
      ".",
    );
    expect({ code, output }).toEqual({ code: 0, output: "" });
    expect(screen.replace(/\s+/g, " ")).toBe(
      "1 project, 2 runbooks, 1 template, 1 signals file, no findings Left alone, as none of ours: 3 YAML files. ",
    );
  });

  it("looks at the team's runbooks also where the project file has a mistake", async () => {
    const files = { "llmops.yaml": "runbooks: runbooks\nsorces: {}\n", "runbooks/bad.yaml": bad };
    const { output, screen } = await llmops(files, "runbook", "lint");
    expect(output).toMatch(/^llmops\.yaml:2:1: .*`sorces`/m);
    expect(output).toMatch(/^runbooks\/bad\.yaml:.*\[unknown-id\]/m);
    expect(screen).toBe("1 project, 1 runbook, 2 findings\n");
  });

  const walk = "runbook: fine\ntests: [{ name: night, answers: { a: done }, expect: { steps: { a: done } } }]\n";

  it("finds the runbook beside a test, also outside the project's folder", async () => {
    const files = { "old/fine.yaml": small, "old/fine.test.yaml": walk };
    expect(await llmops(files, "runbook", "lint", "old/fine.test.yaml")).toEqual({
      code: 0,
      output: "",
      screen: "1 runbook test, no findings\n",
    });
  });

  it("a mistake in a runbook is told once, and not of those that name it", async () => {
    const other = small
      .replace("id: fine", "id: other")
      .replace("CostAlert", "B")
      .replace("instruct: A", "continue: fine");
    const files = {
      "runbooks/fine.yaml": `${small}sumary: x\n`,
      "runbooks/fine.test.yaml": walk,
      "runbooks/o.yaml": other,
    };
    const { output, screen } = await llmops(files, "runbook", "lint", "runbooks", "--format", "jsonl");
    expect(output).toContain("unknown key `sumary`");
    expect(output).not.toContain("there is no runbook");
    expect(screen).toMatch(/^1 runbook test, 2 runbooks|^2 runbooks, 1 runbook test/);
    const alone = await llmops(files, "runbook", "lint", "runbooks/fine.test.yaml");
    expect(alone).toMatchObject({ code: 0, output: "" });
  });

  it("refuses --alerts with files that hold no rules, so that a slip in CI does not pass", async () => {
    const { code, screen } = await llmops({ "runbooks/fine.yaml": good }, "runbook", "lint", "--alerts", "llmops.yaml");
    expect(code).toBe(2);
    expect(screen).toContain("There are no Prometheus rules in llmops.yaml.");
  });

  it("lints a project file that no other command can read, and everything beside it", async () => {
    const files = { "llmops.yaml": "runbooks: [\n", "runbooks/bad.yaml": bad };
    const { code, output } = await llmops(files, "runbook", "lint", "llmops.yaml", "runbooks");
    expect(code).toBe(1);
    expect(output).toMatch(/^llmops\.yaml:1:11: .*\[yaml\]/m);
    expect(output).toMatch(/^runbooks\/bad\.yaml:.*\[unknown-id\]/m);
  });

  it("asks no clock, no server, no program, no stdin, and reads no variable", async () => {
    const world = fakeWorld({
      files: {
        "llmops.yaml":
          'runbooks: runbooks\nsources: { m: { prometheus: { url: "http://prometheus.example", bearer: { env: TOKEN } } } }\n',
        "runbooks/fine.yaml": good,
      },
    });
    const never = (what: string) => () => {
      throw new Error(`it used ${what}`);
    };
    for (const key of ["clock", "http", "exec", "redis", "random", "env", "secrets", "listen", "input"] as const)
      Object.defineProperty(world, key, { get: never(key) });
    world.files.replace = world.files.create = world.files.append = never("a write");
    const { lintPaths } = await import("../../src/session/lint.ts");
    expect((await lintPaths(world, [])).findings).toEqual([]);
    const asked = parse(["runbook", "lint"], [runbookLint]);
    expect(await run(asked as never, world)).toBe(0);
  });

  it("shows no secret, neither beside a finding nor in it", async () => {
    const files = {
      "llmops.yaml":
        'sources: { m: { prometheus: { url: "http://prometheus.example", bearer: hunter2x, tiemout: 3s } } }\n',
      "runbooks/x.yaml": good.replace("title: Cost spike", "title: Try sk-proj-9w2XcP4kLm8QvT5rB7nJ3sYd"),
    };
    for (const format of ["text", "json", "jsonl", "github", "sarif", "junit", "checkstyle"]) {
      const told = await llmops(files, "runbook", "lint", "llmops.yaml", "runbooks/x.yaml", "--format", format);
      expect(told.code).toBe(1);
      expect(told.output + told.screen).not.toMatch(/hunter2x|9w2XcP4k/);
    }
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
    const { code, output } = await llmops({ "runbooks/fine.yaml": small }, "runbook", "list");
    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}id .*class .*\n {2}fine +cost +SEV2 .*\n {4}Fine · nobody owns it · CostAlert\n/);
  });

  it("names what cannot be read, and ends 1", async () => {
    const { code, screen } = await llmops({ "runbooks/fine.yaml": `${small}x: 1\n` }, "runbook", "list");
    expect(code).toBe(1);
    expect(screen.replace(/\s+/g, " ")).toContain("fine.yaml cannot be read: llmops runbook lint");
  });
});
