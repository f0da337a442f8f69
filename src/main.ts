import { join } from "node:path";
import { exit, UserError, type ExitCode } from "./errors.ts";
import type { Secrets } from "./redact/known.ts";
import { version } from "./version.ts";

let secrets: Secrets | undefined;

// `--version` loads nothing else; help loads neither the world nor a command's own parts.
if (process.argv.length === 3 && process.argv[2] === "--version") output().write(`${version}\n`);
else main().catch(leaveWithReport);

async function main(): Promise<void> {
  process.on("uncaughtException", (thrown) => void leaveWithReport(thrown));
  const { parse } = await import("./program.ts");
  const asked = parse(process.argv.slice(2));
  if ("print" in asked) {
    if (asked.code === exit.done) output().write(asked.print);
    else complaints().write((await hider())(asked.print));
    process.exitCode = asked.code;
    return;
  }
  output();
  complaints();
  const [{ openWorld }, { run }] = await Promise.all([import("./world/real.ts"), import("./run.ts")]);
  // The bundle stands one folder below the package, as this file does.
  const world = await openWorld(process, { home: join(import.meta.dirname, ".."), color: asked.color });
  secrets = world.secrets;
  process.exitCode = await run(asked, world);
}

/** stdout. A reader that has seen enough (`| head`) is no failure; on a full disk what runs still ends well, but not as a success. */
function output(): NodeJS.WriteStream {
  return process.stdout.once("error", ({ code }: NodeJS.ErrnoException) => {
    process.stdout.on("error", () => {});
    if (code === "EPIPE") return;
    complaints().write(`! The output could not be written (${code}). What was done is done: llmops incident list\n`);
    process.on("exit", () => (process.exitCode ||= exit.findings));
  });
}

/** stderr. Where nobody reads it, what runs goes on. */
function complaints(): NodeJS.WriteStream {
  return process.stderr.on("error", () => {});
}

/** Takes secrets out of a text, also before there is a world. */
async function hider(): Promise<Secrets["hide"]> {
  secrets ??= (await import("./world/secretsIn.ts")).secretsIn(process.env);
  return secrets.hide;
}

const showCursor = "\u001b[?25h";

/** Outside of `run` nothing can be trusted any more: leaves as soon as the report is written. */
async function leaveWithReport(thrown: unknown): Promise<void> {
  const { showBug, showProblem } = await import("./show/problem.ts");
  const plain = { columns: 80, unicode: false, style: (_: string, text: string) => text };
  const foreseen = thrown instanceof UserError;
  const code: ExitCode = foreseen ? thrown.code : exit.failed;
  const hide = await hider();
  const report = foreseen ? showProblem(thrown, plain, hide) : showBug(thrown, version, plain, hide);
  if (process.argv.includes("--json")) {
    const { errorObject } = await import("./run.ts");
    output().write(`${hide(JSON.stringify({ error: errorObject(thrown) }))}\n`);
  }
  // a prompt may be open
  const cursor = process.stderr.isTTY && process.env["TERM"] !== "dumb" ? showCursor : "";
  process.stderr.write(`${cursor}${report.join("\n")}\n`, () => process.exit(code));
}
