import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseDocument } from "../../src/document/document.ts";

export const root = resolve(".");

export interface Step {
  name: string;
  id?: string;
  if?: string;
  shell?: string;
  uses?: string;
  run?: string;
  "working-directory"?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

export interface Action {
  name: string;
  description: string;
  inputs: Record<string, { description: string; default: string }>;
  runs: { using: string; steps: Step[] };
}

export function readYaml(file: string): unknown {
  const { document, findings } = parseDocument(readFileSync(join(root, file), "utf8"), file);
  if (document === undefined) throw new Error(JSON.stringify(findings));
  return document.value;
}

export const action = readYaml("action.yml") as Action;

/** A folder with files, also as a git clone with a branch `main` and a branch on which the second files are. */
export function checkout(files: Record<string, string>, branch?: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "llmops-action-"));
  put(folder, files);
  if (branch === undefined) return folder;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
  const commit = () => {
    git("add", "-A");
    git("-c", "user.name=dana", "-c", "user.email=dana@example.com", "commit", "-qm", "x");
  };
  git("init", "-q", "-b", "main");
  commit();
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("checkout", "-qb", "feature");
  put(folder, branch);
  commit();
  return folder;
}

function put(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

export interface Ran {
  code: number | null;
  out: string;
  summary: string;
  outputs: Record<string, string>;
}

/**
 * Runs a step's script as GitHub's runner does: expressions are filled into `env` and nowhere else, the shell is bash with
 * -eo pipefail, and what the step says for later is in files.
 */
export function runStep(
  step: Step,
  workspace: string,
  inputs: Record<string, string>,
  env: NodeJS.ProcessEnv = {},
): Ran {
  const temp = mkdtempSync(join(tmpdir(), "llmops-runner-"));
  const files = { GITHUB_STEP_SUMMARY: join(temp, "summary"), GITHUB_OUTPUT: join(temp, "output") };
  for (const file of Object.values(files)) writeFileSync(file, "");
  const script = join(temp, "script.sh");
  writeFileSync(script, step.run!);
  const given = {
    ...Object.fromEntries(Object.entries(action.inputs).map(([name, one]) => [name, one.default])),
    ...inputs,
  };
  const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: filled(step["working-directory"] ?? workspace, given),
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: temp,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: temp,
      ...files,
      ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, given)])),
      ...env,
    },
  });
  const outputs = readFileSync(files.GITHUB_OUTPUT, "utf8").trim().split("\n");
  return {
    code: status,
    out: stdout + stderr,
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
    outputs: Object.fromEntries(
      outputs.filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    ),
  };
}

/** The few expressions that the action uses. */
function filled(text: string, inputs: Record<string, string>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    if (expression === "github.action_path") return root;
    const input = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
    if (input === undefined || inputs[input] === undefined) throw new Error(`no value for ${expression}`);
    return inputs[input];
  });
}
