import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => relative(root, join(it.parentPath, it.name)));
}

it("P04, P05: ships what runs, every runbook and every template, and nothing else", () => {
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
  expect(shipped.filter((path) => /\.map$|\.ts$|(^|\/)(test|fixtures?|spec)\//i.test(path))).toEqual([]);
  const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, Record<string, string>>;
  for (const script of ["preinstall", "install", "postinstall"]) expect(about["scripts"]).not.toHaveProperty(script);
  // few, every one pinned, none that is built where it is installed
  expect(Object.keys(about["dependencies"]!).length).toBeLessThanOrEqual(17);
  for (const version of Object.values(about["dependencies"]!)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; hasInstallScript?: boolean }>;
  };
  const scripted = Object.entries(lock.packages).filter(
    ([, one]) => one.hasInstallScript && !one.dev && !one.devOptional,
  );
  expect(scripted.map(([path]) => path)).toEqual([]);
});
