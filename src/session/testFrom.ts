import { resolve } from "node:path";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { harmless } from "../harmless.ts";
import type { Project } from "../project.ts";
import { writeDraft } from "../rehearse/draftText.ts";
import { draftOf } from "../rehearse/fromIncident.ts";
import { parseRunbook } from "../runbook/parse.ts";
import { shellWord } from "../show/shellWord.ts";
import { tell } from "../show/tell.ts";
import type { Incident } from "../timeline/incident.ts";
import type { World } from "../world/world.ts";
import { chooseIncident, openStore, readIncident } from "./ledger.ts";

/** `llmops runbook test --from`: the walk of a past incident as a test of its runbook, the one it came to last. */
export async function writeTestFrom(
  world: World,
  project: Project,
  asked: { incident: string; output?: string | undefined },
): Promise<ExitCode> {
  const store = openStore(world, project);
  const incident = await readIncident(store, await chooseIncident(asked.incident, store, world, "too"));
  const loaded = pinnedIn(incident);
  const { text, walked, misses } = await writeDraft(draftOf(incident, loaded.runbook), loaded, world.interrupted);
  if (asked.output === undefined || asked.output === "-") world.terminal.programs(text.trimEnd());
  else {
    if (!(await world.files.create(resolve(world.cwd, asked.output), text)))
      throw new UserError({
        what: `${asked.output} is there already: it stays as it is.`,
        next: "name another file, and take over what you need",
        code: exit.conflict,
      });
    tell(
      world.terminal,
      `Wrote ${harmless(asked.output)}. Read it, then: llmops runbook test ${shellWord(asked.output)}`,
    );
  }
  tell(world.terminal, ...differences(incident, loaded.runbook.id, walked), ...misses.map((one) => `! ${one}`));
  return misses.length === 0 ? exit.done : exit.findings;
}

/** As it was pinned when the incident began. */
function pinnedIn({ id, runbook, pinned }: Incident) {
  const text = pinned.get(runbook ?? "");
  const read = text === undefined ? undefined : parseRunbook(text.text, text.origin);
  if (text === undefined || read?.runbook === undefined || read.document === undefined)
    throw new UserError({
      what: `${id} walked no runbook that can be read: there is nothing to make a test of.`,
      next: "llmops incident list",
      code: exit.usage,
    });
  return { runbook: read.runbook, document: read.document, file: text.origin, text: text.text };
}

/** Where a rehearsal of it goes another way than it went. */
function differences(
  { id, outcomes, walked: before }: Incident,
  runbook: string,
  walked: ReadonlyMap<string, string>,
): string[] {
  const steps = [...before.keys()].filter((key) => key.startsWith(`${runbook}/`));
  const others = [...new Set([...before.values()].map((one) => one.runbook))].filter((one) => one !== runbook);
  const lines = steps.flatMap((key) => {
    const step = key.slice(runbook.length + 1);
    const [then, now] = [outcomes.get(key), walked.get(step)];
    if (then === undefined || then === now) return [];
    return [`! ${step} ended ${then} in ${id}; the test has it ${now === undefined ? "not walked" : `end ${now}`}.`];
  });
  const more =
    others.length === 0 ? [] : [`It walked ${harmless(others.join(", "))}, too; the test is of ${harmless(runbook)}.`];
  return [...lines, ...more];
}
