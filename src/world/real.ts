import { hostname, userInfo } from "node:os";
import { exit, Interrupted, UserError, type ExitCode } from "../errors.ts";
import { realClock } from "./clock.ts";
import { openExec } from "./exec.ts";
import { realFiles } from "./files.ts";
import { openHttp } from "./http.ts";
import { readInput } from "./input.ts";
import { realRandom } from "./random.ts";
import { listen } from "./server.ts";
import { openTerminal, type Streams } from "./terminal.ts";
import type { World } from "./world.ts";

/** What `main.ts` hands in: the process, as far as it is needed. */
export interface Outside extends Streams {
  pid: number;
  cwd(): string;
  on(signal: "SIGINT" | "SIGTERM" | "SIGHUP", heard: () => void): unknown;
}

/**
 * The real world. `home`: the package's folder. `color`: false under `--no-color`. From here on the three signals only fire
 * `interrupted`; ending on them is up to what runs.
 */
export async function openWorld(outside: Outside, set: { home: string; color: boolean }): Promise<World> {
  const env = { ...outside.env };
  const interrupt = new AbortController();
  const ends: Record<"SIGINT" | "SIGTERM" | "SIGHUP", ExitCode> = {
    SIGINT: exit.interrupted,
    SIGTERM: exit.terminated,
    SIGHUP: exit.hungUp,
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    outside.on(signal, () => interrupt.abort(new Interrupted(ends[signal])));
  return {
    clock: realClock,
    terminal: await openTerminal({ ...streams(outside), env }, set.color, realClock, interrupt.signal),
    http: openHttp(env, realClock),
    listen,
    files: realFiles,
    exec: openExec(env),
    random: realRandom,
    input: () => readInput(outside.stdin, interrupt.signal),
    env,
    cwd: workingFolder(outside),
    home: set.home,
    user: userName(env),
    host: hostname(),
    pid: outside.pid,
    interrupted: interrupt.signal,
  };
}

function streams({ stdin, stdout, stderr }: Outside): Omit<Streams, "env"> {
  return { stdin, stdout, stderr };
}

function workingFolder(outside: Outside): string {
  try {
    return outside.cwd();
  } catch {
    throw new UserError({ what: "the working folder does not exist any more", next: "cd to another folder" });
  }
}

/** Under sudo the person, not root. A container may know no name for its user. */
function userName(env: Readonly<Record<string, string | undefined>>): string {
  if (env["SUDO_USER"]) return env["SUDO_USER"];
  try {
    return userInfo().username;
  } catch {
    return env["USER"] || "unknown";
  }
}
