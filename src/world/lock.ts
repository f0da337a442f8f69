import { link, lstat, readFile, readlink, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { realClock } from "./clock.ts";
import { codeOf, hasNoLinks, ifMissing } from "./fileFailure.ts";
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

/** Several processes, and several calls in one process, exclude each other. */
export async function takeLock(path: string, waitMs: number): Promise<{ release(): Promise<void> }> {
  const me: Holder = { token: realRandom.id(16), pid: process.pid, host: hostname(), ...(await here(process.pid)) };
  await acquire(path, me, waitMs);
  return { release: () => release(path, me.token) };
}

async function acquire(path: string, me: Holder, waitMs: number): Promise<void> {
  const until = realClock.monotonic() + waitMs;
  for (let pause = 2; ; pause = Math.min(50, pause * 2)) {
    if (await place(path, me)) return;
    const holder = await read(path);
    if (holder === "gone") continue;
    if (holder !== "unreadable" && (await isDead(holder))) {
      await takeOver(path, holder.token, until - realClock.monotonic());
      continue;
    }
    if (realClock.monotonic() >= until) throw conflict(path, holder);
    await realClock.sleep(pause * (0.5 + Math.random()));
  }
}

/** A lock is there with all it holds, or not at all: it is linked. Only on disks without links it may be seen empty. */
async function place(path: string, me: Holder): Promise<boolean> {
  if ((await lstat(path).catch(ifMissing)) !== undefined) return false;
  const [temp, text, once] = [`${path}.${me.token}.tmp`, JSON.stringify(me), { flag: "wx", mode: 0o600 }];
  await writeFile(temp, text, once);
  try {
    await link(temp, path).catch((thrown) =>
      hasNoLinks(thrown) ? writeFile(path, text, once) : Promise.reject(thrown),
    );
    return true;
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown;
    return false;
  } finally {
    await unlink(temp).catch(ifMissing);
  }
}

/**
 * Removes the lock of a dead process. Whoever wants to must hold a second lock, named after that very lock's token:
 * of two takers, the later one finds another token and leaves it. A dead taker is taken over in the same way.
 */
async function takeOver(path: string, token: string, waitMs: number): Promise<void> {
  const right = await takeLock(`${path}.${token}`, Math.max(1000, waitMs));
  try {
    await release(path, token);
  } finally {
    await right.release();
  }
}

async function release(path: string, token: string): Promise<void> {
  const holder = await read(path);
  if (typeof holder === "object" && holder.token === token) await unlink(path);
}

async function read(path: string): Promise<Holder | "gone" | "unreadable"> {
  const text = await readFile(path, "utf8").catch(ifMissing);
  if (text === undefined) return "gone";
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.token === "string" && Number.isInteger(holder.pid) ? holder : "unreadable";
  } catch {
    return "unreadable";
  }
}

/** Only what runs beside us can be known to be dead. */
async function isDead(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return false;
  const now = await here(holder.pid);
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
  const who = `process ${holder.pid} on ${harmless(String(holder.host))}`;
  return new UserError({
    what: `${said} is locked by ${who}`,
    next: `wait for it, or if that process is gone, remove ${said}`,
    code: exit.conflict,
  });
}
