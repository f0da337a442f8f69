import * as fs from "node:fs";
import { realClock } from "./clock.ts";
import { codeOf, hasNoLinks } from "./fileFailure.ts";
import { hasEnded, lockedBy, ourselves, sayProcess, type Holder } from "./holder.ts";
import { makeOwn, openOwn } from "./own.ts";

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
  const me = await ourselves();
  const dead = await acquire(path, me, waitMs);
  return {
    ...(dead === undefined ? {} : { after: sayProcess(dead) }),
    isOurs() {
      const holder = read(path);
      return holder === "gone" ? place(path, me) : holder !== "unreadable" && holder.token === me.token;
    },
    release: () => release(path, me.token),
  };
}

/** Returns the dead holder that it was taken from, if there was one. */
async function acquire(path: string, me: Holder, waitMs: number): Promise<Holder | undefined> {
  const until = realClock.monotonic() + waitMs;
  let dead: Holder | undefined;
  for (let pause = 2; ; pause = Math.min(50, pause * 2)) {
    if (place(path, me)) return dead;
    const holder = read(path);
    if (holder === "gone") continue;
    if (holder !== "unreadable" && (await hasEnded(holder))) {
      await takeOver(path, holder.token, until - realClock.monotonic());
      dead = holder;
      continue;
    }
    if (realClock.monotonic() >= until) throw await lockedBy(path, holder);
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
