import { exit, type ExitCode } from "../errors.ts";
import { renderFindings, sayChecked } from "../show/findings.ts";
import type { FormatName } from "../show/formats/names.ts";
import { tell } from "../show/tell.ts";
import { optimiseLater } from "../world/compiler.ts";
import type { World } from "../world/world.ts";
import { lintPaths } from "./lint.ts";
import { changedSince } from "./lintChanged.ts";
import { fixAll, sayFixed } from "./lintFix.ts";
import { asLines } from "./stdout.ts";

export interface Asked {
  paths: readonly string[];
  /** rule files, looked at beside the paths */
  alerts: readonly string[];
  format: FormatName;
  failOn: "error" | "warning";
  /** "": from where the default branch was left */
  changed: string | undefined;
  fix: boolean;
}

/** `llmops runbook lint`. */
export async function runLint(world: World, { paths, alerts, format, failOn, changed, fix }: Asked): Promise<ExitCode> {
  optimiseLater();
  const differ = changed === undefined ? undefined : await changedSince(world, changed);
  const only = differ === undefined ? undefined : (path: string) => differ.paths.has(path);
  const look = () => lintPaths(world, paths, alerts, only);
  const { look: seen, fixed } = fix ? await fixAll(world, look) : { look: await look(), fixed: [] };
  const report = renderFindings(seen, format, asLines(world));
  if (report !== "") world.terminal.programs(report);
  tell(
    world.terminal,
    ...fixed.map(sayFixed),
    ...(differ === undefined
      ? []
      : [`Only of files that differ from ${differ.since}; the others are known, not told.`]),
    sayChecked(seen),
    ...(seen.leftAlone === 0
      ? []
      : [`Left alone, as none of ours: ${seen.leftAlone} YAML file${seen.leftAlone === 1 ? "" : "s"}.`]),
  );
  const fails = seen.findings.some(
    ({ severity, suppressed }) => suppressed === undefined && (severity === "error" || failOn === "warning"),
  );
  return fails ? exit.findings : exit.done;
}
