import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "bin/llmops.js");
const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
  engines: { node: string };
};
const folder = mkdtempSync(join(tmpdir(), "llmops-bin-"));
afterAll(() => rmSync(folder, { recursive: true }));

function start(argv: string[], preload?: string) {
  const script = join(folder, "preload.cjs");
  if (preload !== undefined) writeFileSync(script, preload);
  const node = preload === undefined ? [] : ["--require", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, bin, ...argv], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
}

it("tells its version", () => {
  expect(start(["--version"])).toEqual({ status: 0, stdout: `${about.version}\n`, stderr: "" });
});

it("helps on stdout when asked, on stderr when mistyped", () => {
  const asked = start(["incident", "--help"]);
  expect(asked).toMatchObject({ status: 0, stderr: "" });
  expect(asked.stdout).toContain("Usage: llmops incident COMMAND");
  expect(start(["incident"])).toEqual({ status: 2, stdout: "", stderr: asked.stdout });
});

it("says what is wrong with a command line, in a sentence or as an object", () => {
  const mistyped = start(["incidnt"]);
  expect(mistyped).toMatchObject({ status: 2, stdout: "" });
  expect(mistyped.stderr).toContain('llmops has no command "incidnt", did you mean incident?');
  const object = start(["incidnt", "--json"]);
  expect(object).toMatchObject({ status: 2, stderr: "" });
  expect(JSON.parse(object.stdout)).toMatchObject({ error: { code: 2, changed: "no", next: "llmops --help" } });
});

it("is no failure when the reader has seen enough", () => {
  const script = '"$0" "$1" --help | true; "$0" "$1" --help | head -n 1; "$0" "$1" nonsense 2>&1 | true';
  const piped = spawnSync("sh", ["-c", script, process.execPath, bin], { encoding: "utf8" });
  expect(piped.stderr).toBe("");
});

/** `llmops watch`, as soon as it watches. */
async function watching(name: string, preload = "") {
  const cwd = mkdtempSync(join(folder, name));
  const script = join(cwd, "preload.cjs");
  writeFileSync(script, preload);
  const child = spawn(process.execPath, ["--require", script, bin, "watch"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  while (!existsSync(join(cwd, ".llmops/watch.json"))) await new Promise((done) => setTimeout(done, 20));
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  return { child, ended: once(child, "close"), said: () => said };
}

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("ends in order on %s, with its code", async (signal, code) => {
  const { child, ended, said } = await watching(signal);
  child.kill(signal);
  expect(await ended).toEqual([code, null]);
  // it may be told to leave before it says what it watches
  expect(said()).toMatch(/^(?:Watching: .+\n)?Not watching any more: ends are by hand now\.\nInterrupted\.\n$/);
});

it("leaves at once on the second Ctrl-C when the first is not heard", async () => {
  const { child, ended, said } = await watching(
    "twice",
    'AbortController.prototype.abort = () => process.stderr.write("deaf\\n");',
  );
  child.kill("SIGINT");
  while (!said().includes("deaf")) await new Promise((done) => setTimeout(done, 20));
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(said()).not.toContain("Interrupted");
});

it("loads neither the world nor a package but commander for help, and nothing for the version", () => {
  const loaded = (argv: string[]) => {
    const listing = join(folder, "loaded.txt");
    start(
      argv,
      `process.on("exit", () => require("fs").writeFileSync(${JSON.stringify(listing)}, Object.keys(require.cache).join("\\n")));`,
    );
    return readFileSync(listing, "utf8")
      .split("\n")
      .filter((it) => !it.endsWith("preload.cjs") && !basename(it).startsWith("rolldown-runtime"));
  };
  const chunk = (path: string) => basename(path).replace(/-[\w-]{8}\.cjs$/, "");
  expect(loaded(["--version"]).map(chunk)).toEqual(["llmops.js", "main.cjs"]);
  const forHelp = loaded(["--help"]);
  expect(forHelp.map(chunk)).toContain("program");
  expect(forHelp.map(chunk)).not.toContain("real");
  const text = forHelp.map((it) => readFileSync(it, "utf8")).join("\n");
  expect(text).toContain("commander.unknownOption");
  for (const heavy of ["invalid_union", "ERR_UND", "ResolveAlias", "UndiciError"]) expect(text).not.toContain(heavy);
});

it.each(["v0.12.18", "v8.17.0", "v18.20.8", "v20.9.0", "v20.18.3"])(
  "P06: under Node %s says which Node it needs",
  (version) => {
    const old = start(["incident", "start"], `Object.defineProperty(process, "version", { value: "${version}" });`);
    expect(old).toMatchObject({ status: 3, stdout: "" });
    expect(old.stderr).toBe(`llmops needs Node 20.19 or newer, this is ${version}. Nothing was changed.\n`);
    expect(about.engines.node).toBe(">=20.19");
  },
);

it.each(["v20.19.0", "v21.0.0", "v22.12.0", "v26.1.0", "v100.0.0"])("P06: under Node %s runs", (version) => {
  const current = start(["--version"], `Object.defineProperty(process, "version", { value: "${version}" });`);
  expect(current).toMatchObject({ status: 0, stdout: `${about.version}\n` });
});
