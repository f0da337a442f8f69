import { sep } from "node:path";
import { didYouMean, exit, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Project } from "../project.ts";
import { closureOf, continuesOf, findRunbook, runbooksForAlert } from "../runbook/find.ts";
import { loadRunbooks, type Library, type LoadedRunbook } from "../runbook/load.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { outcomesOf } from "../steps/index.ts";
import { tell } from "../show/tell.ts";
import { fact, type Alert, type Fact, type Severity } from "../timeline/event.ts";
import { digestOf } from "../timeline/chain.ts";
import { beginRecorder, type Recorder } from "../timeline/recorder.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Store } from "../timeline/store.ts";
import { version } from "../version.ts";
import type { World } from "../world/world.ts";
import { alertsFor, scopeOfAlerts, severityOfAlerts } from "./alert.ts";
import { authorOf, newId } from "./ledger.ts";

export interface Beginning {
  kind: "incident" | "drill";
  runbook?: string;
  /** those that fire */
  alerts: Alert[];
  scope: Scope;
  severity?: Severity;
  title?: string;
  /** given beforehand; checked before anything is opened */
  answers?: Record<string, string>;
  /** dimension → the label that carries it in this project's stack */
  labels: Partial<Record<Dimension, string>>;
}

/** Opens an incident: runbook and its closure pinned, alerts, scope, acknowledged by who started it. */
export async function beginIncident(world: World, project: Project, store: Store, begin: Beginning): Promise<Recorder> {
  const library = await readLibrary(world, project, begin);
  const runbook = await chooseRunbook(library, begin, world, project);
  const closure = closureOf(library, runbook.id);
  checkAnswers(
    begin.answers ?? {},
    closure.map((one) => one.runbook),
  );
  const alerts = alertsFor(runbook.alerts, begin.alerts);
  const scope: Scope = { ...scopeOfAlerts(alerts, runbook.scope, begin.labels), ...begin.scope };
  const facts: Fact[] = [
    fact("opened", {
      kind: begin.kind,
      title: begin.title ?? runbook.title,
      class: runbook.class,
      severity: begin.severity ?? severityOfAlerts(alerts) ?? runbook.severity,
      scope,
      version,
    }),
    ...closure.map(({ runbook: { id }, file, text }) =>
      fact("pinned", { runbook: id, origin: file, digest: digestOf(text), text, first: id === runbook.id }),
    ),
    ...alerts.map((alert) => fact("alert", alert)),
    fact("acknowledged", {}),
  ];
  const left = new Set(begin.alerts.filter((alert) => !alerts.includes(alert)).map(({ name }) => name));
  if (left.size > 0)
    tell(world.terminal, `! Also firing, and not part of this incident: ${harmless([...left].join(", "))}.`);
  return beginRecorder(store, newId(begin.kind === "drill" ? "DRILL" : "INC", world), authorOf(world), facts);
}

/** All runbooks; or those that speak of what was named, where that is enough: somebody waits while they are parsed. */
async function readLibrary(world: World, { runbookFolders }: Project, begin: Beginning): Promise<Library> {
  const load = (about?: string) => loadRunbooks(world.files, runbookFolders, about);
  const [first, ...others] = new Set(begin.alerts.map(({ name }) => name));
  const named = begin.runbook ?? first;
  if (named === undefined || (begin.runbook === undefined && others.length > 0)) return load();
  const some = await load(named);
  const isMeant = ({ runbook: { id, alerts } }: LoadedRunbook) =>
    begin.runbook === undefined ? alerts.includes(named) : id === named;
  const goesOn = ({ runbook }: LoadedRunbook) => continuesOf(runbook).length > 0;
  return some.runbooks.some(isMeant) && !some.runbooks.some(goesOn) ? some : load();
}

/** The one named, else the only one that claims the first alert that any claims (the team's before ours), else asked. */
async function chooseRunbook(
  library: Library,
  { runbook: named, alerts }: Beginning,
  world: World,
  { runbookFolders }: Project,
): Promise<Runbook> {
  if (named !== undefined) return findRunbook(library, named).runbook;
  const alert = alerts.find(({ name }) => runbooksForAlert(library, name).length > 0) ?? alerts[0];
  const claims = alert === undefined ? [] : runbooksForAlert(library, alert.name);
  const byFolder = runbookFolders.map((folder) => claims.filter(({ file }) => file.startsWith(`${folder}${sep}`)));
  const claiming = byFolder.find((some) => some.length > 0) ?? [];
  if (claiming.length === 1) return claiming[0]!.runbook;
  const offered = (claiming.length > 1 ? claiming : library.runbooks).map(({ runbook }) => runbook);
  const why =
    alert === undefined
      ? "No runbook was named."
      : `${claiming.length === 0 ? "No runbook claims" : "Several runbooks claim"} the alert ${harmless(alert.name)}.`;
  if (!world.terminal.interactive)
    throw new UserError({
      what: why,
      next: `llmops incident start RUNBOOK; there are: ${offered.map(({ id }) => id).join(", ")}`,
      code: exit.usage,
    });
  const choices = offered.map(({ id, class: kind, title }) => ({ value: id, label: `${title}  (${kind})` }));
  const answer = await world.terminal.menu({
    question: `${alert === undefined ? "" : `${why} `}What is it?`,
    choices,
    keys: {},
  });
  return findRunbook(library, "value" in answer ? answer.value : "").runbook;
}

/** A misspelt step or choice is a wrong use, found before there is an incident. */
function checkAnswers(answers: Record<string, string>, runbooks: Runbook[]): void {
  const steps = runbooks.flatMap((runbook) => runbook.steps);
  const ids = steps.map(({ id }) => id);
  const wrong = (what: string, next: string) => new UserError({ what, next, code: exit.usage });
  for (const [key, answer] of Object.entries(answers)) {
    const [id = ""] = key.split(".");
    const named = steps.filter((step) => step.id === id);
    if (named.length === 0)
      throw wrong(
        `The answers name a step ${JSON.stringify(key)} that is not there${didYouMean(id, ids)}`,
        "mend them",
      );
    const asks = named.filter((step) => step.kind === "ask" && !("pick" in (step.body as object)));
    const choices = asks.flatMap((step) => outcomesOf(step));
    if (asks.length === named.length && !choices.includes(answer))
      throw wrong(
        `${id} has no choice ${JSON.stringify(answer)}${didYouMean(answer, choices)}`,
        `one of: ${choices.join(", ")}`,
      );
  }
}
