import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { exit } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Job } from "./job.ts";
import { markPastes, markPastesNoMore, pasteFilter } from "./paste.ts";

/** A key held down repeats every 100 ms at the slowest; while keys come, the pieces of a paste may be further apart. */
const quietMs = 150;
const quietAfterKeyMs = 500;
const mostMs = 10_000;

const [ctrlC, ctrlD, ctrlZ] = [3, 4, 26];

/** A terminal and whoever sits at it. */
export interface Seat {
  stdin: ReadStream;
  stderr: WriteStream;
  job: Job;
  /** cannot move the cursor: lines are typed in the terminal's own way, never raw */
  dumb: boolean;
}

/**
 * Throws away what was typed before now, until no key came for a moment; false when they never end. The terminal is raw
 * afterwards: what is typed from here on belongs to the prompt.
 */
export async function flushTyped({ stdin, job }: Seat): Promise<boolean> {
  const raw = () => stdin.setRawMode(false).setRawMode(true);
  raw();
  const notContinued = job.onContinued(raw);
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const quiet = () => finish(() => resolve(true));
      const interrupted = () => finish(() => reject(job.interrupted.reason as Error));
      let pause = setTimeout(quiet, quietMs);
      const most = setTimeout(() => finish(() => resolve(false)), mostMs);
      const drop = (keys: Uint8Array) => {
        if (keys.includes(ctrlC)) return job.interrupt(exit.interrupted);
        clearTimeout(pause);
        pause = setTimeout(quiet, quietAfterKeyMs);
      };
      const finish = (settle: () => void) => {
        clearTimeout(pause);
        clearTimeout(most);
        stdin.off("data", drop).off("end", quiet).pause();
        job.interrupted.removeEventListener("abort", interrupted);
        settle();
      };
      stdin.on("data", drop).on("end", quiet).resume();
      job.interrupted.addEventListener("abort", interrupted);
      if (job.interrupted.aborted) interrupted();
    });
  } catch (thrown) {
    stdin.setRawMode(false);
    throw thrown;
  } finally {
    notContinued();
  }
}

/** The job was stopped and continued: what is open is to be asked anew. */
export class Continued extends Error {}

/**
 * Runs a prompt; Ctrl-C, Ctrl-D, a closed terminal and a signal end it by `signal`, whose reason is an `Interrupted`. The
 * prompt reads from a stream of its own: of a terminal that is gone, readline would make an error that nobody can catch.
 * Ctrl-Z stops the job; once it goes on, `Continued` is thrown.
 */
export async function guarded<T>(
  { stdin, stderr, job, dumb }: Seat,
  pastes: "line" | "nothing",
  prompt: (input: PassThrough, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const signal = AbortSignal.any([job.interrupted, stop.signal]);
  // Ctrl-D is a key in a raw terminal and the end of input in a plain one; the end of a raw one means it is gone.
  const gone = () => job.interrupt(dumb ? exit.interrupted : exit.hungUp);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const filter = pasteFilter(pastes);
  let stopped = false;
  const take = (keys: Uint8Array) => {
    if (keys.includes(ctrlC) || keys.includes(ctrlD)) return job.interrupt(exit.interrupted);
    if (!keys.includes(ctrlZ)) return void input.write(filter(keys));
    stopped = true;
    stop.abort(new Continued());
  };
  const notContinued = job.onContinued(() => stop.abort(new Continued()));
  stdin.once("end", gone).once("close", gone).once("error", gone);
  stdin.setRawMode(!dumb);
  if (!dumb) stderr.write(markPastes);
  try {
    signal.throwIfAborted();
    stdin.on("data", take).resume();
    return await prompt(input, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    notContinued();
    stdin.off("data", take).off("end", gone).off("close", gone).off("error", gone);
    if (!dumb) stderr.write(markPastesNoMore);
    stdin.setRawMode(false);
    stdin.pause();
    if (stopped) job.suspend();
  }
}

/** Whatever comes first. */
export async function keyOrTime(
  input: PassThrough,
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): Promise<"elapsed" | { key: string }> {
  const over = new AbortController();
  const key = new Promise<{ key: string }>((resolve) =>
    input.once("data", (typed: Uint8Array) => {
      const text = Buffer.from(typed).toString();
      resolve({ key: /^[!-~]$/.test(text) ? text.toLowerCase() : "" });
    }),
  );
  const elapsed = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(() => "elapsed" as const);
  try {
    return await Promise.race([elapsed, key]);
  } finally {
    elapsed.catch(() => {});
    over.abort();
  }
}
