import { readdir, readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { realClock } from "./clock.ts";
import { codeOf } from "./fileFailure.ts";
import { realRandom } from "./random.ts";

/** What a lock file holds. */
export interface Holder {
  token: string;
  pid: number;
  host: string;
  /** process namespace: pids of two containers mean different processes; "" where there is none */
  space: string;
  /** boot and start of the process: a pid is used again; "" where it is unknown */
  started: string;
  /** when it was taken, ms since 1970 by the clock of that machine */
  since: number;
}

/** Somebody else holds it: who that is, since when, and what can be done about it. */
export class Locked extends UserError {
  /** the holder was seen to live and to run: it gives the lock back when it is done */
  readonly isWorking: boolean;
  constructor(what: string, next: string, isWorking: boolean) {
    super({ what, next, code: exit.conflict });
    this.isWorking = isWorking;
  }
}

/** This process, as it takes a lock. */
export async function ourselves(): Promise<Holder> {
  return { token: realRandom.id(16), pid: process.pid, host: hostname(), ...(await own()), since: realClock.now() };
}

let known: ReturnType<typeof here> | undefined;
const own = () => (known ??= here(process.pid));

/** Only what runs beside us can be known to have ended. */
export async function hasEnded(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return false;
  const now = await here(holder.pid);
  // a machine that was started anew runs nothing of before, whatever a container's number was
  const [boot] = (await own()).started.split(" ");
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

/** `path`: of the lock file. */
export async function lockedBy(path: string, holder: Holder | "unreadable"): Promise<Locked> {
  const said = harmless(path);
  if (holder === "unreadable")
    return new Locked(`${said} is locked, by whom cannot be read`, `remove ${said} if nothing else runs`, false);
  const doing = await doingOf(holder);
  const { how, next } = sayDoing(doing, holder, said);
  return new Locked(`${said} is locked by ${sayProcess(holder)}${saySince(holder)}${how}`, next, doing === "working");
}

export function sayProcess({ pid, host }: Holder): string {
  return `process ${pid} on ${harmless(String(host))}`;
}

/** "unseen": on another machine, in another container, or hidden. */
type Doing = "working" | "stopped" | "waits for a disk" | "unseen";

/**
 * What a process that has not ended does, by the states of its threads: T and t are stopped, D sleeps until a disk answers
 * (proc(5)). Where no system tells, a process that is there counts as working.
 */
async function doingOf(holder: Holder): Promise<Doing> {
  const { space } = await own();
  if (holder.host !== hostname() || holder.space !== space) return "unseen";
  if (space === "") return "working";
  const threads = await readdir(`/proc/${holder.pid}/task`).catch(() => []);
  const stats = await Promise.all(threads.map((id) => statOf(`${holder.pid}/task/${id}`)));
  const states = stats.map(([state]) => state).filter((state) => state !== undefined);
  if (states.length === 0) return "unseen";
  if (states.some((state) => state === "T" || state === "t")) return "stopped";
  return states.includes("D") ? "waits for a disk" : "working";
}

function sayDoing(doing: Doing, { pid, host }: Holder, path: string): { how: string; next: string } {
  const end = `end it (kill -KILL ${pid})`;
  switch (doing) {
    case "working":
      return { how: "", next: `wait for it, or ${end} and try again` };
    case "stopped":
      return { how: "; it is stopped", next: `continue it (fg, or kill -CONT ${pid}) or ${end}, then try again` };
    case "waits for a disk":
      return { how: "; it waits for a disk", next: `see why that disk does not answer, or ${end}, then try again` };
    case "unseen":
      return {
        how: "; whether it still works cannot be seen from here",
        next: `continue or end process ${pid} on ${harmless(String(host))}; once it is gone, remove ${path}`,
      };
  }
}

/** ", since 2026-11-21 03:12:04 UTC"; locks of older versions do not tell. */
function saySince({ since }: Holder): string {
  const taken = new Date(since);
  return Number.isNaN(taken.getTime()) ? "" : `, since ${taken.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Linux tells by `/proc`; what it does not tell (another system, a hidden or ended process) is "". */
async function here(pid: number): Promise<Pick<Holder, "space" | "started">> {
  const nothing = () => "";
  const [space, boot, stat] = await Promise.all([
    readlink("/proc/self/ns/pid").catch(nothing),
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(nothing),
    statOf(String(pid)),
  ]);
  const [state, start] = [stat[0], stat[19]];
  if (state === undefined) return { space, started: "" };
  return { space, started: state === "Z" || state === "X" ? "ended" : `${boot.trim()} ${start}` };
}

/**
 * What stands behind the program's name in brackets: first the state, field 3; the start in ticks since boot is field 22
 * (proc(5)). Empty where nothing can be read.
 */
async function statOf(process: string): Promise<string[]> {
  const stat = await readFile(`/proc/${process}/stat`, "utf8").catch(() => "");
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
