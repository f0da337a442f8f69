import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { exit, Interrupted } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Key } from "./keys.ts";

const quietMs = 25;
const mostMs = 300;

/**
 * Throws away what was typed before now. A paste arrives in pieces, so it ends when nothing came for a moment. The
 * terminal stays raw: what is typed from here on belongs to the prompt.
 */
export async function flushTyped(stdin: ReadStream): Promise<void> {
  stdin.setRawMode(true);
  await new Promise<void>((resolve) => {
    const finish = () => {
      clearTimeout(quiet);
      clearTimeout(most);
      stdin.off("data", drop);
      stdin.off("end", finish);
      stdin.pause();
      resolve();
    };
    const drop = () => void quiet.refresh();
    const quiet = setTimeout(finish, quietMs);
    const most = setTimeout(finish, mostMs);
    stdin.on("data", drop);
    stdin.on("end", finish);
    stdin.resume();
  });
}

/**
 * Runs a prompt; Ctrl-D, a closed terminal and a signal end it by `signal`, whose reason is an `Interrupted`. The prompt
 * reads from a stream of its own: of a terminal that is gone, readline would make an error that nobody can catch.
 */
export async function guarded<T>(
  stdin: ReadStream,
  interrupted: AbortSignal,
  prompt: (input: PassThrough, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  // Ctrl-D is a key in a raw terminal and the end of input in a plain one; the end of a raw one means it is gone.
  const gone = () => stop.abort(new Interrupted(stdin.isRaw ? exit.hungUp : exit.interrupted));
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  input.on("keypress", (_: unknown, key: Key | undefined) => {
    if (key?.ctrl === true && key.name === "d") stop.abort(new Interrupted());
  });
  const signal = AbortSignal.any([interrupted, stop.signal]);
  stdin.once("end", gone).once("close", gone).once("error", gone);
  try {
    signal.throwIfAborted();
    stdin.pipe(input, { end: false });
    return await prompt(input, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof Error && thrown.name === "ExitPromptError") throw new Interrupted();
    throw thrown;
  } finally {
    stdin.off("end", gone).off("close", gone).off("error", gone).unpipe(input);
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** Whatever comes first. Ctrl-C and Ctrl-D are no keys here. */
export async function keyOrTime(
  input: PassThrough,
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): Promise<"elapsed" | "key"> {
  const over = new AbortController();
  const key = new Promise<"key">((resolve, reject) => {
    input.once("data", (bytes: Uint8Array) => {
      if (bytes.includes(3) || bytes.includes(4)) reject(new Interrupted());
      else resolve("key");
    });
  });
  const elapsed = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(() => "elapsed" as const);
  try {
    return await Promise.race([elapsed, key]);
  } finally {
    elapsed.catch(() => {});
    over.abort(new Interrupted());
  }
}
