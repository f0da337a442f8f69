import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Ended, Place, Running } from "./place.ts";

/**
 * Processes that wait for each other: each stands at a FIFO until somebody opens it for writing, then becomes the program.
 * `begun` is called when the gate is open.
 */
export async function runTogether(
  place: Place,
  commands: readonly (readonly string[])[],
  begun?: (running: Running[]) => void,
): Promise<Ended[]> {
  const fifo = join(place.folder, `gate-${Math.random().toString(36).slice(2)}`);
  execFileSync("mkfifo", [fifo]);
  const under = ["sh", "-c", ': < "$0"; exec "$@"', fifo];
  const running = commands.map((argv) => place.start(argv, { under, timeoutMs: 240_000 }));
  // a shell is at the gate within milliseconds; who comes later finds it open
  await new Promise((resolve) => setTimeout(resolve, 20 + 4 * commands.length));
  const gate = openSync(fifo, "r+");
  begun?.(running);
  try {
    return await Promise.all(running.map(({ ended }) => ended));
  } finally {
    closeSync(gate);
  }
}
