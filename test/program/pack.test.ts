import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => relative(root, join(it.parentPath, it.name)));
}

it("ships what runs, every runbook and every template, and nothing else", () => {
  const pack = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" });
  const [{ files }] = JSON.parse(pack.stdout) as [{ files: { path: string }[] }];
  const shipped = files.map((it) => it.path);
  for (const needed of [
    "bin/llmops.js",
    "bin/package.json",
    "dist/main.cjs",
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
  ])
    expect(shipped).toContain(needed);
  for (const folder of ["runbooks", "templates", "dist"]) {
    expect(filesIn(folder)).not.toEqual([]);
    expect(shipped).toEqual(expect.arrayContaining(filesIn(folder)));
  }
  const top = new Set(shipped.map((path) => path.split("/")[0]));
  expect(top).toEqual(
    new Set(["CHANGELOG.md", "LICENSE", "README.md", "bin", "dist", "package.json", "runbooks", "templates"]),
  );
});
