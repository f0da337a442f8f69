import { exit, UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import { loadRunbooks, type Library } from "../runbook/load.ts";
import { fact, type Alert, type Fact, type Severity } from "../timeline/event.ts";
import { beginRecorder, type Recorder } from "../timeline/recorder.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import type { Store } from "../timeline/store.ts";
import { version } from "../version.ts";
import type { World } from "../world/world.ts";
import { scopeOfAlert, severityOfAlert } from "./alert.ts";
import { authorOf } from "./ledger.ts";

export interface Beginning {
  kind: "incident" | "drill";
  runbook?: string;
  alert?: Alert;
  scope: Scope;
  severity?: Severity;
  title?: string;
  /** dimension → the label that carries it in this project's stack */
  labels: Partial<Record<Dimension, string>>;
}

/** Opens an incident: runbook and its closure pinned, alert, scope, acknowledged by who started it. */
export async function beginIncident(world: World, project: Project, store: Store, begin: Beginning): Promise<Recorder> {
  const library = await loadRunbooks(world, project.runbookFolders);
  const runbook = await chooseRunbook(library, begin, world);
  const closure = library.closure(runbook.id);
  const { alert } = begin;
  const scope: Scope = {
    ...(alert === undefined ? {} : scopeOfAlert(alert, runbook.scope, begin.labels)),
    ...begin.scope,
  };
  const facts: Fact[] = [
    fact("opened", {
      kind: begin.kind,
      title: begin.title ?? runbook.title,
      class: runbook.class,
      severity: begin.severity ?? (alert && severityOfAlert(alert)) ?? runbook.severity,
      scope,
      version,
    }),
    ...closure.map(({ id, origin, digest, text }) =>
      fact("pinned", { runbook: id, origin, digest, text, first: id === runbook.id }),
    ),
    ...(alert === undefined ? [] : [fact("alert", alert)]),
    fact("acknowledged", {}),
  ];
  return beginRecorder(store, newId(begin.kind === "drill" ? "DRILL" : "INC", world), authorOf(world), facts);
}

/** "INC-1121-7f3k": the day and four characters that nobody else draws. */
export function newId(prefix: "INC" | "CHG" | "DRILL", world: World): string {
  const day = new Date(world.clock.now()).toISOString();
  return `${prefix}-${day.slice(5, 7)}${day.slice(8, 10)}-${world.random.id(4)}`;
}

/** The one named, else the one that claims the alert, else asked by class. */
async function chooseRunbook(library: Library, { runbook: named, alert }: Beginning, world: World) {
  if (named !== undefined) return library.get(named);
  const claiming = alert === undefined ? undefined : library.forAlert(alert.name);
  if (claiming !== undefined) return claiming;
  const { terminal } = world;
  if (!terminal.interactive)
    throw new UserError({
      what: alert === undefined ? "No runbook was named." : `No runbook claims the alert ${alert.name}.`,
      next: `llmops incident start RUNBOOK; there are: ${library.runbooks.map(({ id }) => id).join(", ")}`,
      code: exit.usage,
    });
  const choices = library.runbooks.map(({ id, class: kind, title }) => ({ value: id, label: `${title}  (${kind})` }));
  const question = alert === undefined ? "What is it?" : `No runbook claims ${alert.name}. What is it?`;
  const answer = await terminal.menu({ question, choices, keys: {} });
  return library.get("value" in answer ? answer.value : "");
}
