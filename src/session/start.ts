import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Answers } from "../engine/script.ts";
import { openProject } from "../project.ts";
import { tell } from "../show/tell.ts";
import type { Alert } from "../timeline/event.ts";
import { openRecorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import { readAlerts, severityOf } from "./alert.ts";
import { readAnswers } from "./answers.ts";
import { beginIncident } from "./begin.ts";
import { reportIncident } from "./report.ts";
import { authorOf, chooseIncident, openStore } from "./ledger.ts";
import { stackLabels } from "./meter.ts";
import { readScope } from "./scope.ts";
import { walkIncident } from "./walk.ts";

export interface Start {
  runbook?: string | undefined;
  alert?: string | undefined;
  scope: string[];
  severity?: string | undefined;
  answers?: string | undefined;
  title?: string | undefined;
  json: boolean;
}

/** `llmops incident start`: opens, walks, reports. */
export async function startIncident(world: World, asked: Start): Promise<ExitCode> {
  const answers = await answersOf(world, asked.answers);
  const project = await openProject(world);
  try {
    const store = openStore(world, project);
    const alerts = asked.alert === undefined ? [] : await readFiring(world, asked.alert);
    const scope = readScope(asked.scope);
    const severity = asked.severity === undefined ? undefined : severityOf(asked.severity);
    const recorder = await beginIncident(world, project, store, {
      kind: "incident",
      alerts,
      scope,
      labels: await stackLabels(project, world),
      ...(asked.runbook === undefined ? {} : { runbook: asked.runbook }),
      ...(severity === undefined ? {} : { severity }),
      ...(asked.title === undefined ? {} : { title: asked.title }),
      ...(answers === undefined ? {} : { answers: answers.given }),
    });
    const code = await walkIncident(world, project, store, recorder, answers);
    if (asked.json) reportIncident(world, recorder.incident, store);
    return code;
  } finally {
    await project.close();
  }
}

/** `llmops incident resume`. */
export async function resumeIncident(
  world: World,
  asked: { incident?: string | undefined; answers?: string | undefined; json: boolean },
): Promise<ExitCode> {
  const answers = await answersOf(world, asked.answers);
  const project = await openProject(world);
  try {
    const store = openStore(world, project);
    const id = await chooseIncident(asked.incident, store, world);
    const recorder = await openRecorder(store, id, authorOf(world));
    if (recorder.incident.kind === "drill") throw isPlayed(id);
    if (recorder.incident.state === "closed")
      throw new UserError({ what: `${id} is closed.`, next: `llmops incident show ${id}`, code: exit.usage });
    const code = await walkIncident(world, project, store, recorder, answers);
    if (asked.json) reportIncident(world, recorder.incident, store);
    return code;
  } finally {
    await project.close();
  }
}

/** What it changed and measured was a sandbox, and that ended with the program that played it. */
function isPlayed(id: string): UserError {
  return new UserError({
    what: `${id} is a drill: its sandbox ended with the demo that played it, and there is nothing to go on with.`,
    next: `llmops incident show ${id}, or play it anew: llmops demo`,
    code: exit.usage,
  });
}

/** Without answers somebody must be at the keyboard: said before anything is opened. */
async function answersOf(world: World, file: string | undefined): Promise<Answers | undefined> {
  if (file !== undefined) return { given: await readAnswers(world, file), yes: false };
  if (world.terminal.interactive) return undefined;
  throw new UserError({
    what: "Walking a runbook asks questions, and there is no terminal to ask them on.",
    next: "run it on a terminal, or give --answers FILE",
    code: exit.refused,
  });
}

/** Alerts that fire, at least one. What was left out of them is told: it may reach further than they say. */
async function readFiring(world: World, file: string): Promise<Alert[]> {
  const from = file === "-" ? "stdin" : file;
  const { firing, resolved, truncated } = readAlerts(await readInput(world, file), from);
  const ended = [...new Set(resolved.map(({ name }) => harmless(name)))].join(", ");
  if (firing.length === 0)
    throw new UserError({
      what: `${from} holds no alert that fires: ${ended} ended. No incident was opened.`,
      next: "without --alert, if it is not over: llmops incident start RUNBOOK",
      code: exit.usage,
    });
  if (truncated > 0)
    tell(
      world.terminal,
      `! ${truncated} more ${truncated === 1 ? "alert was" : "alerts were"} left out by Alertmanager (max_alerts): the scope may be wider than these say.`,
    );
  return firing;
}

async function readInput(world: World, file: string): Promise<string> {
  if (file === "-") return world.input();
  const path = file.startsWith("/") ? file : `${world.cwd}/${file}`;
  const text = await world.files.read(path);
  if (text === undefined)
    throw new UserError({ what: `There is no file ${file}.`, next: "name another, or - for stdin", code: exit.usage });
  return text;
}
