import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkout, readYaml, root } from "./steps.ts";

const fine = `id: fine
title: Fine
class: cost
severity: SEV2
summary: S
owner: team
steps: [{ id: a, title: A, instruct: A }]
`;
const broken = fine.replace("id: fine", "id: broken").replace("instruct: A", "when: { burn: high }, instruct: A");

const missing = spawnSync("pre-commit", ["--version"]).status !== 0;
const home = mkdtempSync(join(tmpdir(), "llmops-pre-commit-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** pre-commit with a home of its own, in a git repository that holds all that lies in `folder`. */
function preCommit(folder: string, ...args: string[]): { code: number | null; out: string } {
  const env = { ...process.env, PRE_COMMIT_HOME: home, npm_config_prefer_offline: "true", NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("pre-commit", args, { cwd: folder, env, encoding: "utf8" });
  return { code: status, out: stdout + stderr };
}

function committed(folder: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=dana", "-c", "user.email=dana@example.com", "commit", "-qm", "x");
  return git("rev-parse", "HEAD").trim();
}

describe.skipIf(missing)(`pre-commit${missing ? " (skipped: not installed)" : ""}`, { timeout: 120_000 }, () => {
  it("takes the definition of the hook, and the configuration of this repository", () => {
    expect(preCommit(root, "validate-manifest", ".pre-commit-hooks.yaml")).toEqual({ code: 0, out: "" });
    expect(preCommit(root, "validate-config", ".pre-commit-config.yaml")).toEqual({ code: 0, out: "" });
    const folder = checkout({ "hooks.yaml": "- id: x\n  language: node\n" });
    expect(preCommit(folder, "validate-manifest", "hooks.yaml").code).toBe(1);
  });

  it("runs the hook of this repository on runbooks and on nothing else", () => {
    const folder = checkout({ "runbooks/fine.yaml": fine, "compose.yaml": "services: {}\n" });
    cpSync(join(root, ".pre-commit-config.yaml"), join(folder, ".pre-commit-config.yaml"));
    symlinkSync(join(root, "bin"), join(folder, "bin"));
    committed(folder);
    expect(preCommit(folder, "run", "--files", "compose.yaml").out).toMatch(/no files to check.*Skipped/);
    const strict = preCommit(folder, "run", "--files", "runbooks/fine.yaml", "compose.yaml");
    expect(strict.code).toBe(1);
    expect(strict.out).toMatch(/^1 runbook, \d+ findings \(no errors, \d+ warnings\)$/m);
    cpSync(join(root, "runbooks/cost-spike.yaml"), join(folder, "runbooks/cost-spike.yaml"));
    expect(preCommit(folder, "run", "--files", "runbooks/cost-spike.yaml")).toMatchObject({ code: 0 });
  });
});

/** What npm and git take of this repository to build the program from. */
const sources = (
  ".npmrc .pre-commit-hooks.yaml CHANGELOG.md LICENSE README.md bin package-lock.json package.json " +
  "rolldown.config.ts runbooks src templates tsconfig.json"
).split(" ");

// It installs packages, and so asks the registry: only where that was done a moment ago.
const alone = missing || process.env["CI"] === undefined;

describe.skipIf(alone)(
  `pre-commit, installed from a clone${alone ? " (skipped: only in CI)" : ""}`,
  { timeout: 600_000 },
  () => {
    it("builds the program, passes a fine runbook and fails a broken one with all that the command says", () => {
      const clone = checkout({ ".gitignore": "node_modules\ndist\n" });
      for (const path of sources) cpSync(join(root, path), join(clone, path), { recursive: true });
      const rev = committed(clone);
      const folder = checkout({
        "runbooks/fine.yaml": fine,
        "runbooks/broken.yaml": broken,
        "compose.yaml": "services: {}\n",
      });
      const [hook] = readYaml(".pre-commit-hooks.yaml") as [{ id: string }];
      const config = { repos: [{ repo: `file://${clone}`, rev, hooks: [{ id: hook.id }] }] };
      writeFileSync(join(folder, ".pre-commit-config.yaml"), JSON.stringify(config));
      committed(folder);
      expect(preCommit(folder, "run", "--files", "runbooks/fine.yaml")).toMatchObject({ code: 0 });
      const { code, out } = preCommit(folder, "run", "--all-files");
      expect(code).toBe(1);
      expect(out).toContain("runbooks/broken.yaml:7:36: error: nothing here has the id burn [unknown-id]");
      expect(out).toMatch(/^2 runbooks, /m);
    });
  },
);
