import { hostname, userInfo } from "node:os";
import { UserError, type ExitCode } from "../errors.ts";
import { realClock } from "./clock.ts";
import { openExec } from "./exec.ts";
import { realFiles } from "./files.ts";
import { openHttp } from "./http.ts";
import { readInput } from "./input.ts";
import { openJob, type Signals } from "./job.ts";
import { realRandom } from "./random.ts";
import { openRedis } from "./redis.ts";
import { scrubbed } from "./scrub.ts";
import { secretsIn } from "./secretsIn.ts";
import { listen } from "./server.ts";
import { openTerminal, type Streams } from "./terminal.ts";
import type { World } from "./world.ts";

/** What `main.ts` hands in: the process, as far as it is needed. */
export interface Outside extends Streams, Signals {
  pid: number;
  cwd(): string;
}

/**
 * The real world. `home`: the package's folder. `color`: false under `--no-color`. From here on a first signal only fires
 * `interrupted`, and ending on it is up to what runs; a second one ends the process.
 */
export async function openWorld(outside: Outside, set: { home: string; color: boolean }): Promise<World> {
  const env = { ...outside.env };
  const job = openJob(outside, (code) => leaveAtOnce(outside, code));
  const secrets = secretsIn(env);
  return {
    clock: realClock,
    terminal: scrubbed(await openTerminal({ ...streams(outside), env }, set.color, realClock, job), secrets),
    http: openHttp(env, realClock, job.interrupted),
    listen,
    files: realFiles,
    exec: openExec(env, job.interrupted),
    redis: openRedis(env, job.interrupted),
    random: realRandom,
    secrets,
    input: () => readInput(outside.stdin, job.interrupted),
    env,
    cwd: workingFolder(outside),
    home: set.home,
    user: userName(env),
    host: hostname(),
    pid: outside.pid,
    afterwards: [],
    interrupted: job.interrupted,
  };
}

function streams({ stdin, stdout, stderr }: Outside): Omit<Streams, "env"> {
  return { stdin, stdout, stderr };
}

/** The exit hooks of the parts we use end programs that run, and node gives the terminal back as it was. */
function leaveAtOnce({ stderr, exit }: Outside, code: ExitCode): never {
  stderr.write("Left at once. What production carries, and what is in doubt: llmops mitigation list\n");
  return exit(code);
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
  const person = env["SUDO_USER"];
  // U+FFFD: the name was no UTF-8, and what is left of it names somebody else
  if (person && !person.includes("\ufffd")) return person;
  try {
    return userInfo().username;
  } catch {
    return env["USER"] || "unknown";
  }
}
