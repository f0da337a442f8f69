import { exit, type ExitCode } from "../errors.ts";
import { formatDuration } from "../duration.ts";
import { showMoved, showSignals, type Seen } from "../show/signals.ts";
import { wrap } from "../show/wrap.ts";
import type { Board } from "../world/board.ts";
import type { Http } from "../world/http.ts";
import type { World } from "../world/world.ts";
import { openSignals, seenAsJson, type SignalsAsk } from "./signals.ts";
import { onStdout } from "./stdout.ts";

const leastMs = 2000;

/**
 * Looks again and again: redrawn in place until q is pressed (0); where that cannot be, a line for each change until
 * interrupted. `json`: an object for each round.
 */
export async function watchSignals(world: World, asked: SignalsAsk, json: boolean): Promise<ExitCode> {
  const { terminal } = world;
  if (json || terminal.board === undefined)
    return openSignals(world, asked, (look) =>
      tellRounds(world, json ? (seen) => [seenAsJson(seen)] : undefined, look),
    );
  let last: Seen | undefined;
  await terminal.board(async (board) => {
    board.show(() => ["Reading the signals"]);
    const inside = { ...world, interrupted: board.left, http: until(board.left, world.http) };
    return openSignals(inside, asked, (look) => redraw(inside, board, async () => (last = await look())));
  });
  // the page is gone, and what it showed last is wanted
  if (last !== undefined) terminal.programs(showSignals(last, onStdout(world)).join("\n"));
  return exit.done;
}

/** What waits for its turn when the page is left is not asked any more: nobody would wait for the answer. */
function until(left: AbortSignal, http: Http): Http {
  return async (request) =>
    left.aborted ? { failed: "interrupted before it was sent", sent: false, ms: 0 } : http(request);
}

async function redraw(world: World, { show, left }: Board, look: () => Promise<Seen>): Promise<never> {
  for (;;) {
    const seen = await look();
    const ms = everyMs(seen);
    show(() => {
      const paint = onStdout(world);
      return [...showSignals(seen, paint), ...wrap("  ", [`Read every ${formatDuration(ms)}; q leaves.`], paint)];
    });
    await world.clock.sleep(ms, left);
  }
}

async function tellRounds(
  world: World,
  say: ((seen: Seen) => string[]) | undefined,
  look: () => Promise<Seen>,
): Promise<never> {
  let before: Seen | undefined;
  for (;;) {
    const seen = await look();
    const lines = say?.(seen) ?? showMoved(before, seen, onStdout(world));
    if (lines.length > 0) world.terminal.programs(lines.join("\n"));
    before = seen;
    await world.clock.sleep(everyMs(seen), world.interrupted);
  }
}

/** Nothing much happens in less than a tenth of the window. */
function everyMs({ windowMs }: Seen): number {
  return Math.max(leastMs, windowMs / 10);
}
