import { parseDuration } from "../duration.ts";
import { didYouMean, exit, UserError, type ExitCode } from "../errors.ts";
import { showSignals } from "../show/signals.ts";
import { dimensions, isDimension } from "../timeline/scope.ts";
import type { World } from "../world/world.ts";
import { readScope } from "./scope.ts";
import { openSignals, seenAsJson, type SignalsAsk } from "./signals.ts";
import { watchSignals } from "./signalWatch.ts";
import { onStdout } from "./stdout.ts";

/** What was typed after `llmops signal`. */
export interface Typed {
  names: string[];
  scope: string[];
  by?: string | undefined;
  window?: string | undefined;
  watch: boolean;
  json: boolean;
}

/** `llmops signal`: reads signals and compares each with what is usual. 0: read; 3: nothing could be read. */
export async function runSignal(world: World, typed: Typed): Promise<ExitCode> {
  const asked = understand(typed);
  const { terminal } = world;
  if (typed.watch) return watchSignals(world, asked, typed.json);
  return openSignals(world, asked, async (look) => {
    const seen = await terminal.during("Reading the signals", look());
    terminal.programs(typed.json ? seenAsJson(seen) : showSignals(seen, onStdout(world)).join("\n"));
    const isRead = seen.read.some(({ value, partCount = 0 }) => value !== undefined || partCount > 0);
    return isRead ? exit.done : exit.failed;
  });
}

function understand({ names, scope, by, window }: Typed): SignalsAsk {
  const windowMs = window === undefined ? undefined : parseDuration(window);
  if (window !== undefined && windowMs === undefined)
    throw wrong(`--window ${window} is no duration.`, "like 5m or 1h");
  if (by !== undefined && !isDimension(by))
    throw wrong(
      `--by: there is no dimension ${JSON.stringify(by)}${didYouMean(by, dimensions)}`,
      `one of: ${dimensions.join(", ")}`,
    );
  if (by !== undefined && names.length === 0)
    throw wrong("--by splits signals that are named.", `llmops signal error_rate cost_per_hour --by ${by}`);
  return {
    names,
    scope: readScope(scope),
    ...(by === undefined ? {} : { by }),
    ...(windowMs === undefined ? {} : { windowMs }),
  };
}

function wrong(what: string, next: string): UserError {
  return new UserError({ what, next, code: exit.usage });
}
