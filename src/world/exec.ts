import { sayDuration } from "../duration.ts";
import { harmless } from "../harmless.ts";
import { never, openLastChance } from "./lastChance.ts";

export interface ExecResult {
  /** exit code, or undefined when it was killed or could not start */
  code: number | undefined;
  stdout: string;
  stderr: string;
  /** why it has no exit code, in plain words */
  failed?: string;
}

/** Runs one program without a shell. Never throws for what the program did. Output is cut at 1 MiB. */
export type Exec = (
  argv: readonly [string, ...string[]],
  options: {
    cwd?: string;
    timeoutMs: number;
    input?: string;
    env?: Record<string, string>;
    /**
     * what it does in production must be known: an interrupt, and Ctrl-C at the terminal, leave it its last chance.
     * write: it is not begun after one · read: it may be, to see what became of a write
     */
    lasts?: "write" | "read";
  },
) => Promise<ExecResult>;

const mostBytes = 1024 * 1024;
/** a program that was told to end has so long for it */
const killedAfterMs = 2000;

/** `env` is what programs inherit; the variables of one call come on top. An interrupt is passed on to the program. */
export function openExec(env: Readonly<Record<string, string | undefined>>, interrupted: AbortSignal = never): Exec {
  const over = openLastChance(interrupted);
  return async (argv, options) => {
    const stop = options.lasts === undefined ? interrupted : over;
    if (options.lasts === "read" ? over.aborted : interrupted.aborted)
      return { code: undefined, stdout: "", stderr: "", failed: `${harmless(argv[0])} was not started: interrupted` };
    const { execa } = await import("execa");
    const [program, ...args] = argv;
    const out = collect();
    const err = collect();
    // Output is read here, because execa ends a program that writes more than its limit.
    const running = execa(program, args, {
      shell: false,
      // else NODE_DEBUG=execa in somebody's shell shows what a program prints: it may be asked for a secret
      verbose: "none",
      reject: false,
      buffer: false,
      extendEnv: false,
      env: { ...env, ...options.env },
      timeout: options.timeoutMs,
      forceKillAfterDelay: killedAfterMs,
      cancelSignal: stop,
      // in a session of its own: a terminal sends Ctrl-C to all of ours
      ...(options.lasts === undefined ? {} : { detached: true }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    });
    running.stdout?.on("data", out.add);
    running.stderr?.on("data", err.add);
    // What the program started may outlive it and hold its output open: that is not waited for.
    let late: NodeJS.Timeout | undefined;
    const letGoIn = (ms: number) => {
      clearTimeout(late);
      late = setTimeout(() => {
        running.stdout?.destroy();
        running.stderr?.destroy();
      }, ms);
    };
    letGoIn(options.timeoutMs + killedAfterMs + 500);
    const hurry = () => letGoIn(killedAfterMs + 500);
    stop.addEventListener("abort", hurry, { once: true });
    const result = await running;
    clearTimeout(late);
    stop.removeEventListener("abort", hurry);
    const texts = { stdout: out.text(), stderr: err.text() };
    if (result.timedOut)
      return {
        code: undefined,
        ...texts,
        failed: `${harmless(program)} did not end within ${sayDuration(options.timeoutMs)} and was stopped`,
      };
    if (result.exitCode !== undefined) return { code: result.exitCode, ...texts };
    if (result.signal !== undefined)
      return { code: undefined, ...texts, failed: `${harmless(program)} was ended by ${result.signal}` };
    return { code: undefined, ...texts, failed: await whyNotStarted(program, result.code, options.cwd) };
  };
}

async function whyNotStarted(program: string, code: string | undefined, cwd: string | undefined): Promise<string> {
  const { stat } = await import("node:fs/promises");
  const said = harmless(program);
  if (
    cwd !== undefined &&
    !(await stat(cwd).then(
      (s) => s.isDirectory(),
      () => false,
    ))
  )
    return `${said} could not start: there is no folder ${harmless(cwd)}`;
  if (code === "ENOENT") return `there is no program ${said}`;
  if (code === "EACCES") return `${said} may not be executed (permission denied)`;
  if (code === "E2BIG") return `${said} could not start: its arguments are too long`;
  return `${said} could not start (${code ?? "no reason was given"})`;
}

function collect(): { add(chunk: Uint8Array): void; text(): string } {
  const chunks: Uint8Array[] = [];
  let left = mostBytes;
  return {
    add(chunk) {
      if (left > 0) chunks.push(chunk.subarray(0, left));
      left -= chunk.length;
    },
    text: () => Buffer.concat(chunks).toString("utf8"),
  };
}
