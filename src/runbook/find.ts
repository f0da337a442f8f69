import { didYouMean, exit, UserError } from "../errors.ts";
import type { Library, LoadedRunbook } from "./load.ts";

/** A runbook by id; that it does not exist or cannot be read is a UserError. */
export function findRunbook(library: Library, id: string): LoadedRunbook {
  const found = library.runbooks.find(({ runbook }) => runbook.id === id);
  if (found !== undefined) return found;
  const broken = library.broken.find((one) => one.id === id);
  if (broken !== undefined) {
    const [first] = broken.findings;
    const place =
      first === undefined ? broken.file : `${first.file}:${first.at.line}:${first.at.column}: ${first.message}`;
    throw new UserError({
      what: `The runbook ${id} cannot be read: ${place}`,
      next: `llmops runbook lint ${broken.file}`,
      code: exit.usage,
    });
  }
  const ids = library.runbooks.map(({ runbook }) => runbook.id);
  // completed by a shell it is the file that is named
  const typed = id.replace(/^.*\/|\.ya?ml$/g, "");
  throw new UserError({
    what: `There is no runbook ${JSON.stringify(id)}${didYouMean(typed, ids)}`,
    next: ids.length === 0 ? "llmops runbook lint" : `one of: ${ids.join(", ")} (llmops runbook list)`,
    code: exit.usage,
  });
}

export function runbooksForAlert(library: Library, alert: string): LoadedRunbook[] {
  return library.runbooks.filter(({ runbook }) => runbook.alerts.includes(alert));
}

/** The runbook and all that it can continue with, itself first: what is pinned when an incident starts. */
export function closureOf(library: Library, id: string): LoadedRunbook[] {
  const closure = [findRunbook(library, id)];
  // the list grows while it is read: each runbook is taken once, so that a cycle ends too
  for (const { runbook } of closure) {
    for (const next of continuesOf(runbook)) {
      if (!closure.some((known) => known.runbook.id === next)) closure.push(findRunbook(library, next));
    }
  }
  return closure;
}

/** Ids of the runbooks that this one may go on with. */
export function continuesOf(runbook: LoadedRunbook["runbook"]): string[] {
  return runbook.steps.flatMap(({ kind, body }) => (kind === "continue" ? [body as string] : []));
}
