import { resolve } from "node:path";
import { Interrupted, type ExitCode } from "../../src/errors.ts";
import type { ExecResult } from "../../src/world/exec.ts";
import type { HttpRequest } from "../../src/world/http.ts";
import type { ReadCommand, RedisAnswer, WriteCommand } from "../../src/world/redis.ts";
import { scrubbed } from "../../src/world/scrub.ts";
import { secretsIn } from "../../src/world/secretsIn.ts";
import type { World } from "../../src/world/world.ts";
import { fakeClock, type FakeClock } from "./clock.ts";
import { fakeFiles, type FakeFiles } from "./files.ts";
import { fakeNetwork, type Exchange, type Routes } from "./http.ts";
import { fakeTerminal, type FakeTerminal, type Typed } from "./terminal.ts";

export type { Exchange, FakeAnswer, Routes } from "./http.ts";
export type { Typed } from "./terminal.ts";

/** One program that must be run, in this order. */
export interface Run {
  argv: string[];
  input?: string;
  result: Partial<ExecResult>;
}

export interface FakeOptions {
  /** default 2026-11-21T03:12:04Z */
  now?: string;
  /** initial files in memory; relative paths are below `cwd` */
  files?: Record<string, string>;
  exchanges?: Exchange[];
  routes?: Routes;
  /** what is typed; left out: there is no terminal */
  typed?: Typed[];
  runs?: Run[];
  /** answers any number of commands, for a simulated Redis; undefined: not mine */
  redis?: (command: ReadCommand | WriteCommand) => RedisAnswer | undefined;
  /** what is piped into stdin */
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  columns?: number;
  unicode?: boolean;
  /** styles become <red>…</red> */
  colour?: boolean;
}

export interface FakeWorld extends World {
  clock: FakeClock;
  files: FakeFiles;
  terminal: FakeTerminal;
  /** every request that was made */
  requests: HttpRequest[];
  /** as if Ctrl-C (130), SIGTERM (143) or SIGHUP (129) came outside a prompt */
  interrupt(code?: ExitCode): void;
  /** throws when something happened that was not scripted, or something scripted did not happen */
  verify(): void;
}

/** Tests, and `npm run torture`, run from the package's folder, bundled or not. */
const home = resolve(".");

/** A world without an outside: what is not scripted fails, what is scripted and unused fails in `verify()`. */
export function fakeWorld(options: FakeOptions = {}): FakeWorld {
  const wrong: string[] = [];
  // Recorded too: the code under test may catch what is thrown here, as it does with a bug in a step.
  const fail = (why: string): never => {
    wrong.push(why);
    throw new Error(why);
  };
  const cwd = options.cwd ?? "/home/dana/shop";
  const clock = fakeClock(Date.parse(options.now ?? "2026-11-21T03:12:04Z"));
  const network = fakeNetwork(clock, options.exchanges ?? [], options.routes, fail);
  const runs = [...(options.runs ?? [])];
  const interrupt = new AbortController();
  let ids = 0;

  const files = fakeFiles(
    clock,
    home,
    Object.entries(options.files ?? {}).map(([path, text]) => [resolve(cwd, path), text]),
  );
  const terminal = fakeTerminal(
    clock,
    options.typed,
    {
      interactive: options.typed !== undefined,
      columns: options.columns ?? 80,
      unicode: options.unicode ?? true,
      colour: options.colour ?? false,
    },
    fail,
  );

  const secrets = secretsIn(options.env ?? {});
  return {
    clock,
    files,
    terminal: scrubbed(terminal, secrets),
    secrets,
    http: network.http,
    listen: network.listen,
    requests: network.requests,
    async exec(argv, { input }) {
      const next = runs.shift();
      if (next === undefined) return fail(`unscripted program: ${JSON.stringify(argv)}`);
      if (JSON.stringify(next.argv) !== JSON.stringify(argv) || (next.input !== undefined && next.input !== input))
        return fail(`program out of order: ${JSON.stringify(argv)}, but the script says ${JSON.stringify(next.argv)}`);
      return { code: next.result.failed === undefined ? 0 : undefined, stdout: "", stderr: "", ...next.result };
    },
    redis(_server, work) {
      const answer = async (commands: readonly (ReadCommand | WriteCommand)[]) =>
        commands.map(
          (one) => options.redis?.(one) ?? fail(`unscripted Redis command: ${JSON.stringify(one)}`),
        ) as never;
      return work({ read: (...commands) => answer(commands), write: (...commands) => answer(commands) });
    },
    // aaaa, aaab, aaac …: in the alphabet of the real ones, and told apart at a glance
    random: { id: (length) => letters(ids++).padStart(length, "a").slice(-length), fraction: () => 0.5 },
    input: async () => options.input ?? fail("stdin was read, but the script has no input"),
    env: options.env ?? {},
    cwd,
    home,
    user: "dana",
    host: "laptop",
    pid: 4242,
    afterwards: [],
    interrupted: interrupt.signal,
    interrupt: (code) => interrupt.abort(new Interrupted(code)),
    verify() {
      const left = [
        ...wrong,
        ...network.unused.map((exchange) => `never requested: ${exchange.method} ${exchange.url}`),
        ...terminal.unused.map((answer) => `never asked: ${JSON.stringify(answer)}`),
        ...runs.map((run) => `never run: ${JSON.stringify(run.argv)}`),
      ];
      if (left.length > 0) throw new Error(left.join("\n"));
    },
  };
}

function letters(n: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return (n >= 32 ? letters(Math.floor(n / 32)) : "") + alphabet[n % 32]!;
}
