import { exit, type ExitCode } from "../errors.ts";
import { errorPatterns, topConsumers } from "../gather/detail.ts";
import { survey, type Survey } from "../gather/survey.ts";
import { harmlessJson } from "../harmless.ts";
import { openProject, type Project } from "../project.ts";
import { showTriage } from "../show/triage.ts";
import type { Patterns } from "../patterns/patterns.ts";
import type { Consumer } from "../sources/source.ts";
import { readStatusPage } from "../sources/statusPage.ts";
import type { Blast } from "../timeline/blast.ts";
import { iso } from "../timeline/moment.ts";
import { dimensions, type Scope } from "../timeline/scope.ts";
import { classify, needsOf, type Named, type Triage } from "../triage/classify.ts";
import { proposeSeverity, type Proposed } from "../triage/severity.ts";
import type { World } from "../world/world.ts";
import { measureBlast, needSource, openMeter } from "./meter.ts";
import { readScope } from "./scope.ts";
import { onStdout } from "./stdout.ts";

/** What a triage found, ready to be shown. */
export interface Told extends Triage {
  scope: Scope;
  at: number;
  read: Survey;
  severities: Proposed[];
  /** of the first sign of each named suspect: who is hurt, or makes it */
  blasts: Blast[][];
  /** what the errors say, where calls fail; who spends most, where money is spent */
  errors?: Patterns;
  consumers?: Consumer[];
}

/** `llmops triage`: one burst of readings, and what they speak for. 0: nothing is outside normal; 1: something is. */
export async function runTriage(
  world: World,
  { scope: given, json }: { scope: string[]; json: boolean },
): Promise<ExitCode> {
  const scope = readScope(given);
  const project = await openProject(world);
  try {
    needSource(project);
    const told = await world.terminal.during("Reading every signal", look(world, project, scope));
    const { terminal } = world;
    terminal.programs(json ? harmlessJson(asJson(told)) : showTriage(told, onStdout(world)).join("\n"));
    const isRead = told.read.all.some(({ verdict }) => verdict === "healthy" || verdict === "unhealthy");
    if (!isRead) return exit.failed;
    return told.named.length + told.unexplained.length > 0 ? exit.findings : exit.done;
  } finally {
    await project.close();
  }
}

async function look(world: World, project: Project, scope: Scope): Promise<Told> {
  const blast = (ask: Parameters<typeof measureBlast>[2]) => measureBlast(project, world, ask);
  const at = world.clock.now();
  const pages = () =>
    Promise.all(Object.entries(project.statusPages).map(([name, url]) => readStatusPage(world, name, url)));
  const read = await survey(needsOf(), scope, { measure: openMeter(project, world), blast, pages });
  const triage = classify(read);
  const severities = triage.named.map((named) => proposeSeverity(named, read));
  const blasts = await Promise.all(
    triage.named.map(async (named) => {
      const signal = leadOf(named, read);
      const open = dimensions.filter((dimension) => scope[dimension] === undefined);
      const all = await Promise.all(open.map((dimension) => blast({ signal, dimension, scope })));
      return all.filter((one) => one !== undefined && one.shares.length > 0) as Blast[];
    }),
  );
  const range = { scope, from: at - project.windowMs, to: at };
  const isNamed = (...classes: string[]) => triage.named.some(({ suspect }) => classes.includes(suspect.class));
  const failing = isNamed("availability") || read.of("error_rate")?.verdict === "unhealthy";
  const [errors, consumers] = await Promise.all([
    failing ? errorPatterns(project.sources, range) : undefined,
    isNamed("cost") ? topConsumers(project.sources, range) : undefined,
  ]);
  return {
    ...triage,
    scope,
    at,
    read,
    severities,
    blasts,
    ...(errors === undefined ? {} : { errors }),
    ...(consumers === undefined ? {} : { consumers }),
  };
}

/** The signal that shows it best. */
function leadOf({ suspect }: Named, read: Survey): string {
  return suspect.leads.find((signal) => read.of(signal)?.verdict === "unhealthy") ?? suspect.leads[0]!;
}

function asJson(told: Told): object {
  const { scope, at, named, severities, blasts, answers, unexplained, recovered, read, errors, consumers } = told;
  return {
    at: iso(at) ?? null,
    scope,
    named: named.map(({ suspect, score, signs, withIt }, i) => ({
      id: suspect.id,
      says: suspect.says,
      class: suspect.class,
      runbook: suspect.runbook,
      severity: severities[i]!.severity,
      why: severities[i]!.why,
      score,
      reasons: signs.map(({ says }) => says),
      withIt,
      blast: blasts[i],
    })),
    answers,
    unexplained: unexplained.map(({ signal }) => signal),
    recovered: recovered.map(({ signal }) => signal),
    errors: errors ?? null,
    consumers: consumers ?? null,
    pages: [...read.pages, ...read.unreadPages],
    changed: read.changed ?? null,
    measurements: read.all,
  };
}
