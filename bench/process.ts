import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program under measurement, as `npm run build` left it. */
export const llmops = join(import.meta.dirname, "../../bin/llmops.js");

/** A folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-bench-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Milliseconds from the start of a process without a terminal until it says `until` on stderr, or else until it ends. It
 * has to end well. Reading extra certificates costs more than all of llmops, in every arm.
 */
export async function timeOf(
  argv: string[],
  { cwd = ".", until }: { cwd?: string; until?: RegExp } = {},
): Promise<number> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, argv, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  let seen: number | undefined;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (until?.test(said)) seen ??= performance.now();
  });
  let ended = 0;
  child.on("exit", () => (ended = performance.now()));
  const status = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (status !== 0) throw new Error(`${argv.join(" ")} exits ${String(status)}: ${said}`);
  if (until !== undefined && seen === undefined)
    throw new Error(`${argv.join(" ")} never says ${until.source}: ${said}`);
  return (seen ?? ended) - began;
}
