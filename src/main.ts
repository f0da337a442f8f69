import { join } from "node:path";
import { exit, UserError, type ExitCode } from "./errors.ts";
import { version } from "./version.ts";

// `--version` loads nothing else; help loads neither the world nor a command's own parts.
if (process.argv.length === 3 && process.argv[2] === "--version") tolerant(process.stdout).write(`${version}\n`);
else main().catch(leaveWithReport);

async function main(): Promise<void> {
  process.on("uncaughtException", (thrown) => void leaveWithReport(thrown));
  const { parse } = await import("./program.ts");
  const asked = parse(process.argv.slice(2));
  if ("print" in asked) {
    tolerant(asked.code === exit.done ? process.stdout : process.stderr).write(asked.print);
    process.exitCode = asked.code;
    return;
  }
  tolerant(process.stdout);
  tolerant(process.stderr);
  // The first Ctrl-C asks the command to end; who presses again does not want to wait for it.
  process.once("SIGINT", () => process.once("SIGINT", () => process.exit(exit.interrupted)));
  const [{ openWorld }, { run }] = await Promise.all([import("./world/real.ts"), import("./run.ts")]);
  // The bundle stands one folder below the package, as this file does.
  const world = await openWorld(process, { home: join(import.meta.dirname, ".."), color: asked.color });
  process.exitCode = await run(asked, world);
}

/** A reader that has seen enough (`llmops incident list | head`) is no failure. */
function tolerant(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Outside of `run` nothing can be trusted any more: leaves as soon as the report is written. */
async function leaveWithReport(thrown: unknown): Promise<void> {
  const { showBug, showProblem } = await import("./show/problem.ts");
  const plain = { columns: 80, unicode: false, style: (_: string, text: string) => text };
  const foreseen = thrown instanceof UserError;
  const code: ExitCode = foreseen ? thrown.code : exit.failed;
  const report = foreseen ? showProblem(thrown, plain) : showBug(thrown, version, plain);
  process.stderr.write(`${report.join("\n")}\n`, () => process.exit(code));
}
