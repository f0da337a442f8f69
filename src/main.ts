import { exit } from "./errors.ts";
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
  const [{ openWorld }, { run }] = await Promise.all([import("./world/real.ts"), import("./run.ts")]);
  process.exitCode = await run(asked, openWorld({ color: asked.color }));
}

/** A reader that has seen enough (`llmops incident list | head`) is no failure. */
function tolerant(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Outside of `run` nothing can be trusted any more: leaves as soon as the report is written. */
async function leaveWithReport(thrown: unknown): Promise<void> {
  const { showBug } = await import("./show/problem.ts");
  const plain = { columns: 80, unicode: false, style: (_: string, text: string) => text };
  process.stderr.write(`${showBug(thrown, version, plain).join("\n")}\n`, () => process.exit(exit.failed));
}
