import { setMaxListeners } from "node:events";
import type { PassThrough } from "node:stream";
import { Continued, guarded, type Seat } from "./keyboard.ts";

/** A page that is redrawn in place. */
export interface Board {
  /** what the page holds from now on; drawn at once, and anew whenever the window changes its size */
  show(draw: () => string[]): void;
  /** fires when the page is left: by q, or as `interrupted` does */
  left: AbortSignal;
}

// A screen of its own: what stood there before comes back, and nothing has to be known of how a resized window wraps.
const enter = "\u001b[?1049h\u001b[?25l";
const leave = "\u001b[?25h\u001b[?1049l";

/**
 * Shows what `work` draws until q is pressed or `work` fails; resolves when `work` has ended, too. Ctrl-C, signals and Ctrl-Z
 * as for a prompt.
 */
export async function keepBoard(seat: Seat, work: (board: Board) => Promise<never>): Promise<void> {
  const { stderr, job } = seat;
  const quit = new AbortController();
  const left = AbortSignal.any([job.interrupted, quit.signal]);
  // every read that is under way waits for it
  setMaxListeners(0, left);
  let draw: () => string[] = () => [];
  let isOpen = false;
  const redraw = () => {
    if (isOpen) stderr.write(pageOf(draw(), stderr.rows || 24));
  };
  const working = work({
    show(next) {
      draw = next;
      redraw();
    },
    left,
  });
  working.catch(() => {});

  const look = async (input: PassThrough, signal: AbortSignal) => {
    stderr.write(enter);
    stderr.on("resize", redraw);
    isOpen = true;
    redraw();
    try {
      await Promise.race([quits(input), fired(signal), working]);
    } finally {
      isOpen = false;
      stderr.off("resize", redraw).write(leave);
    }
  };
  try {
    for (;;)
      try {
        return await guarded(seat, "nothing", look);
      } catch (thrown) {
        if (!(thrown instanceof Continued)) throw thrown;
      }
  } finally {
    quit.abort();
    await working.catch(() => {});
  }
}

/** In one piece, so that nothing flickers: each line over the old one, and nothing below the last. */
function pageOf(lines: string[], rows: number): string {
  const hidden = lines.length - rows + 1;
  const shown =
    lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `  ${hidden} more lines in a taller window; q leaves`];
  return `\u001b[H${shown.map((line) => `\u001b[2K${line}`).join("\r\n")}\u001b[J`;
}

/** Keys may come several at once; a q in the name of another key, behind an escape, is none. */
function quits(input: PassThrough): Promise<void> {
  return new Promise((resolve) =>
    input.on("data", (typed: Uint8Array) => {
      // oxlint-disable-next-line no-control-regex
      if (/^[^\u001b]*q/i.test(Buffer.from(typed).toString())) resolve();
    }),
  );
}

function fired(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
