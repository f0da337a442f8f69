import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Ended, Going, Place } from "./place.ts";

/** One system call of the program, as it can be met again in another run of the same command. */
export interface Call {
  name: string;
  /** "write:3", "main.write:3": the third of its name, on the disk or on the wire and the screen */
  id: string;
  /** of its thread: the n-th of this name, on the disk those on the same path alone */
  n: number;
  /** of the main thread, where all that is no file is done, and what does not wait for the disk */
  main: boolean;
  /** below the place; undefined on the wire and the screen */
  path?: string;
  /** what strace told of it */
  text: string;
}

const onDisk =
  "openat,write,writev,pwrite64,fsync,fdatasync,ftruncate,?rename,?renameat,?renameat2,?unlink,?unlinkat,?link,?linkat,?mkdir,?mkdirat";
const onWire = "connect,sendto,sendmsg,write,writev";

/**
 * strace counts per thread. With one thread for files, and dice that always fall the same, a path has the same name and
 * a call the same number in every run.
 */
const same = {
  UV_THREADPOOL_SIZE: "1",
  NODE_OPTIONS: `--require ${resolve("test/torture/loadedDice.cjs")}`,
};

export interface Calls {
  calls: Call[];
  /** all of it in the order in which it happened, and how the untouched command ended */
  log: string;
  ended: Ended;
}

/** Makes a place for one run. */
type Open = () => Promise<{ place: Place; argv: readonly string[] }>;

/** Every call of a command that concerns the state folder, its outputs, the network or what is printed. */
export async function countCalls(open: Open, outputs: readonly string[]): Promise<Calls> {
  const disk = await traced(open, (log) => [
    "-f",
    "--seccomp-bpf",
    "-y",
    "-s",
    "9999",
    "-o",
    log,
    "-e",
    `trace=${onDisk}`,
  ]);
  const wire = await traced(open, (log) => ["-yy", "-o", log, "-e", `trace=${onWire}`]);
  const concerns = ({ path }: Call) => [".llmops", ...outputs].some((name) => path?.includes(name));
  const calls = [
    ...disk.lines.flatMap(onPath(disk.folder)).filter(concerns),
    ...wire.lines.map(inThread()).filter(({ text }) => /TCP|AF_INET|^\w+\([12]</.test(text)),
  ];
  const count = counter();
  const named = calls.map((call) => {
    const kind = `${call.path === undefined ? "main." : ""}${call.name}`;
    return { ...call, id: `${kind}:${count(kind)}` };
  });
  return { calls: named, log: disk.log, ended: disk.ended };
}

/** What the command must be started with to be killed before that call, or to have it fail with an error like EIO. */
export function faultAt({ main, path, name, n }: Call, fault: string, place: Place): Going {
  const what = fault === "KILL" ? "signal=KILL" : `error=${fault}`;
  const where = [...(main ? [] : ["-f"]), ...(path === undefined ? [] : ["-P", join(place.folder, path)])];
  const under = [
    "strace",
    "-qqq",
    "-o",
    "/dev/null",
    ...where,
    "-e",
    `trace=${name}`,
    "-e",
    `inject=${name}:${what}:when=${n}`,
  ];
  return { under, env: same };
}

interface Traced {
  log: string;
  lines: Line[];
  folder: string;
  ended: Ended;
}

async function traced(open: Open, args: (log: string) => string[]): Promise<Traced> {
  const { place, argv } = await open();
  const folder = mkdtempSync(join(tmpdir(), "llmops-strace-"));
  try {
    const file = join(folder, "log");
    const ended = await place.llmops(argv, { under: ["strace", ...args(file)], env: same });
    const log = readFileSync(file, "utf8");
    return { log, lines: linesOf(log), folder: place.folder, ended };
  } finally {
    rmSync(folder, { recursive: true });
    place.remove();
  }
}

interface Line {
  /** "" where one thread alone is traced */
  thread: string;
  main: boolean;
  name: string;
  text: string;
}

/** "1234 openat(…" under -f, "openat(…" without; the first thread is the main one. */
function linesOf(log: string): Line[] {
  const lines = log.split("\n").flatMap((line) => {
    const [, thread = "", name, text] = /^(?:(\d+) +)?(\w+)(\(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ thread, name, text: `${name}${text}` }];
  });
  return lines.map((line) => ({ ...line, main: line.thread === lines[0]!.thread }));
}

/** Numbers a call among those of its thread on its path: `strace -P` counts these alone. */
function onPath(folder: string): (line: Line) => Call[] {
  const count = counter();
  return ({ thread, main, name, text }) => {
    const named = [...text.matchAll(/["<](\/[^"<>]*)[">]/g)].map(([, path]) => path!);
    const below = new Set(named.filter((path) => path.startsWith(`${folder}/`)).map((p) => p.slice(folder.length + 1)));
    const numbers = [...below].map((path) => ({ path, n: count(`${thread} ${name} ${path}`) }));
    return numbers.slice(0, 1).map(({ path, n }) => ({ name, id: "", n, main, path, text }));
  };
}

/** Numbers a call among all of its name: only the main thread is traced. */
function inThread(): (line: Line) => Call {
  const count = counter();
  return ({ name, text }) => ({ name, id: "", n: count(name), main: true, text });
}

/** 1, 2, 3 … for each key. */
function counter(): (key: string) => number {
  const known = new Map<string, number>();
  return (key) => {
    const n = (known.get(key) ?? 0) + 1;
    known.set(key, n);
    return n;
  };
}
