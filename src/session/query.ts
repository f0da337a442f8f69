import { formatDuration, parseDuration } from "../duration.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmlessJson } from "../harmless.ts";
import { findSource, openProject } from "../project.ts";
import { showAnswer, type Answered } from "../show/answer.ts";
import { showChart } from "../show/chart.ts";
import { csvOf } from "../show/csv.ts";
import { tell } from "../show/tell.ts";
import type { Answer, Query, Series, Source } from "../sources/source.ts";
import { iso } from "../timeline/moment.ts";
import type { World } from "../world/world.ts";
import { readExpression } from "./expression.ts";
import { onStdout } from "./stdout.ts";

/** What was typed after `llmops query`. */
export interface Typed {
  source: string;
  expr: string;
  range?: string | undefined;
  step?: string | undefined;
  chart: boolean;
  csv: boolean;
  json: boolean;
}

const hourMs = 3_600_000;
/** No store gives more points of one series than this. */
const mostPoints = 11_000;

/** `llmops query`: one expression, one source. 0: answered, even with nothing; 3: no answer. */
export async function runQuery(world: World, typed: Typed): Promise<ExitCode> {
  const { terminal } = world;
  const range = rangeOf(typed);
  const project = await openProject(world);
  try {
    const { name, language, open } = findSource(project, typed.source);
    const source = open();
    const windowMs = range?.step ?? project.windowMs;
    const { query, shown } = readExpression(typed.expr, { language, source, windowMs }, terminal);
    const at = world.clock.now();
    const answer = await terminal.during(`Asking ${name}`, ask(source, query, at, range));
    world.interrupted.throwIfAborted();
    if ("error" in answer) throw new UserError({ what: `${name} gave no answer: ${answer.error}` });
    const { data: series, warnings, ms } = answer;
    const answered: Answered = { source: name, query: shown, at, series, warnings, ...(range && { range }) };
    if (typed.json) terminal.programs(asJson(answered, ms));
    else if (typed.csv) {
      // what is last is ended by the terminal
      terminal.programs(csvOf(series).replace(/\n$/, ""));
      tell(terminal, ...warnings.map((warning) => `? The answer may be partial: ${warning}`));
    } else terminal.programs((typed.chart ? showChart : showAnswer)(answered, onStdout(world)).join("\n"));
    return exit.done;
  } finally {
    await project.close();
  }
}

/** What is now is a range of one point. */
async function ask(source: Source, query: Query, at: number, range: Answered["range"]): Promise<Answer<Series[]>> {
  if (range !== undefined) return source.range(query, at - range.ms, at, range.step);
  const answer = await source.instant(query, at);
  if ("error" in answer) return answer;
  return { ...answer, data: answer.data.map(({ labels, value }) => ({ labels, points: [{ at, value }] })) };
}

/** Undefined: only now. The range is a whole number of steps. */
function rangeOf({ range, step, chart, csv, json }: Typed): Answered["range"] {
  if ([chart, csv, json].filter(Boolean).length > 1)
    throw wrong("Only one of --chart, --csv and --json can be had at once.", "leave the others out");
  if (range === undefined && !chart) {
    if (step !== undefined) throw wrong("--step is of a --range.", "--range 1h --step 1m");
    return undefined;
  }
  const whole = range === undefined ? hourMs : readDuration("--range", range);
  const stepMs = step === undefined ? stepOf(whole) : readDuration("--step", step);
  if (stepMs > whole)
    throw wrong(
      `--step ${formatDuration(stepMs)} is longer than the range, ${formatDuration(whole)}.`,
      "a shorter --step",
    );
  const points = Math.floor(whole / stepMs);
  if (points >= mostPoints)
    throw wrong(
      `That is ${(points + 1).toLocaleString("en-US")} points of each series: no source gives more than ${mostPoints.toLocaleString("en-US")}.`,
      `--step ${formatDuration(stepOf(whole))}`,
    );
  return { ms: points * stepMs, step: stepMs };
}

const steps = ["1s", "5s", "15s", "30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h", "2h", "6h", "12h", "1d"];

/** A round one, of which some sixty make the range. */
function stepOf(ms: number): number {
  return steps.map((step) => parseDuration(step)!).find((step) => step >= ms / 60) ?? Math.ceil(ms / 60_000) * 1000;
}

function readDuration(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1000)
    throw wrong(`${option} ${text} is no duration of a second or more.`, "like 1h or 5m");
  return ms;
}

function wrong(what: string, next: string): UserError {
  return new UserError({ what, next, code: exit.usage });
}

/** What is no finite number is a text, as Prometheus spells it. */
function asJson({ source, query, at, range, series, warnings }: Answered, ms: number): string {
  const told = (value: number) =>
    Number.isFinite(value) ? value : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const list = series.map(({ labels, points }) =>
    range === undefined
      ? { labels, value: told(points[0]!.value) }
      : { labels, points: points.map((point) => [iso(point.at) ?? null, told(point.value)]) },
  );
  const times =
    range === undefined
      ? { at: iso(at) ?? null }
      : { from: iso(at - range.ms) ?? null, to: iso(at) ?? null, stepMs: range.step };
  return harmlessJson({ source, query, ...times, series: list, warnings, tookMs: Math.round(ms) });
}
