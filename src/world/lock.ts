import * as fs from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { realClock } from "./clock.ts";
import { codeOf, hasNoLinks } from "./fileFailure.ts";
import { makeOwn, openOwn } from "./own.ts";
import { realRandom } from "./random.ts";

/** What a lock file holds. */
interface Holder {
  token: string;
  pid: number;
  host: string;
  /** process namespace: pids of two containers mean different processes; "" where there is none */
  space: string;
  /** boot and start of the process: a pid is used again; "" where it is unknown */
  started: string;
}

export interface Held {
  /** who held it before and died, in words */
  after?: string;
  /**
   * Whether it is still ours: somebody may have removed the file by hand. Where nobody else took it since, it is put back.
   */
  isOurs(): boolean;
}

export interface Lock extends Held {
  release(): void;
}

/** Several processes, and several calls in one process, exclude each other. */
export async function takeLock(path: string, waitMs: number): Promise<Lock> {
  const me: Holder = { token: realRandom.id(16), pid: process.pid, host: hostname(), ...(await ourselves()) };
  const dead = await acquire(path, me, waitMs);
  return {
    ...(dead === undefined ? {} : { after: sayHolder(dead) }),
    isOurs() {
      const holder = read(path);
      return holder === "gone" ? place(path, me) : holder !== "unreadable" && holder.token === me.token;
    },
    release: () => release(path, me.token),
  };
}

let known: ReturnType<typeof here> | undefined;
const ourselves = () => (known ??= here(process.pid));

/** Returns the dead holder that it was taken from, if there was one. */
async function acquire(path: string, me: Holder, waitMs: number): Promise<Holder | undefined> {
  const until = realClock.monotonic() + waitMs;
  let dead: Holder | undefined;
  for (let pause = 2; ; pause = Math.min(50, pause * 2)) {
    if (place(path, me)) return dead;
    const holder = read(path);
    if (holder === "gone") continue;
    if (holder !== "unreadable" && (await isDead(holder))) {
      await takeOver(path, holder.token, until - realClock.monotonic());
      dead = holder;
      continue;
    }
    if (realClock.monotonic() >= until) throw conflict(path, holder);
    await realClock.sleep(pause * (0.5 + Math.random()));
  }
}

/** A lock is there with all it holds, or not at all: it is linked. Only on disks without links it may be seen empty. */
function place(path: string, me: Holder): boolean {
  if (fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined) return false;
  const [temp, text] = [`${path}.${me.token}.tmp`, JSON.stringify(me)];
  makeOwn(temp, text);
  try {
    try {
      fs.linkSync(temp, path);
    } catch (thrown) {
      if (!hasNoLinks(thrown)) throw thrown;
      makeOwn(path, text);
    }
    return true;
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown;
    return false;
  } finally {
    fs.rmSync(temp, { force: true });
  }
}

/**
 * Removes the lock of a dead process. Whoever wants to must hold a second lock, named after that very lock's token:
 * of two takers, the later one finds another token and leaves it. A dead taker is taken over in the same way.
 */
async function takeOver(path: string, token: string, waitMs: number): Promise<void> {
  const right = await takeLock(`${path}.${token}`, Math.max(1000, waitMs));
  try {
    release(path, token);
  } finally {
    right.release();
  }
}

function release(path: string, token: string): void {
  const holder = read(path);
  if (typeof holder === "object" && holder.token === token) fs.unlinkSync(path);
}

/** What stands under that name and is no lock of ours, a pipe or a link, is "unreadable". */
function read(path: string): Holder | "gone" | "unreadable" {
  let fd: number | undefined;
  try {
    fd = openOwn(path)?.fd;
    if (fd === undefined) return "gone";
    const holder = JSON.parse(fs.readFileSync(fd, "utf8")) as Holder;
    return typeof holder.token === "string" && Number.isInteger(holder.pid) ? holder : "unreadable";
  } catch {
    return "unreadable";
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** Only what runs beside us can be known to be dead. */
async function isDead(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return false;
  const now = await here(holder.pid);
  // a machine that was started anew runs nothing of before, whatever a container's number was
  const [boot] = (await ourselves()).started.split(" ");
  if (boot !== "" && holder.started !== "" && !holder.started.startsWith(`${boot} `)) return true;
  if (holder.space !== now.space) return false;
  if (holder.started !== "" && now.started !== "") return holder.started !== now.started;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (thrown) {
    return codeOf(thrown) === "ESRCH";
  }
}

/** Linux tells by `/proc`; what it does not tell (another system, a hidden or ended process) is "". */
async function here(pid: number): Promise<{ space: string; started: string }> {
  const nothing = () => "";
  const [space, boot, stat] = await Promise.all([
    readlink("/proc/self/ns/pid").catch(nothing),
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(nothing),
    readFile(`/proc/${pid}/stat`, "utf8").catch(nothing),
  ]);
  if (stat === "") return { space, started: "" };
  // After the program's name in brackets: state is field 3, the start in ticks since boot field 22 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ended = fields[0] === "Z" || fields[0] === "X";
  return { space, started: ended ? "ended" : `${boot.trim()} ${fields[19]}` };
}

function conflict(path: string, holder: Holder | "unreadable"): UserError {
  const said = harmless(path);
  if (holder === "unreadable")
    return new UserError({
      what: `${said} is locked, by whom cannot be read`,
      next: `remove ${said} if nothing else runs`,
      code: exit.conflict,
    });
  return new UserError({
    what: `${said} is locked by ${sayHolder(holder)}`,
    next: `wait for it, or if that process is gone, remove ${said}`,
    code: exit.conflict,
  });
}

function sayHolder({ pid, host }: Holder): string {
  return `process ${pid} on ${harmless(String(host))}`;
}
