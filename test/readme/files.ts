import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A file of the package. */
export const read = (path: string): string => readFileSync(join(root, path), "utf8");

export const about = JSON.parse(read("package.json")) as {
  version: string;
  bin: { llmops: string };
  engines: { node: string };
  scripts: Record<string, string>;
};

/** The program, as a word of a shell. */
export const program = `'${process.execPath}' '${join(root, about.bin.llmops)}'`;

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "llmops-readme-"));

/** A line as a shell takes it, with what lies in `bin` of the folder on its path, and no terminal anywhere. */
export function type(
  line: string,
  folder: string,
  input = "",
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` };
  return new Promise((resolve) => {
    const child = spawn("sh", ["-c", line], { cwd: folder, env });
    let [out, err] = ["", ""];
    child.stdout.on("data", (bytes) => (out += String(bytes)));
    child.stderr.on("data", (bytes) => (err += String(bytes)));
    // It may have ended without reading.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
