import type { MeasureFrom } from "../gather/measure.ts";
import { mitigations } from "../mitigations/index.ts";
import { settingOf } from "../mitigations/mitigation.ts";
import type { Project } from "../project.ts";
import type { Library } from "../runbook/load.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Runbooks, Trouble } from "../show/diagnosis.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import { sayDate } from "../timeline/moment.ts";
import type { Whereabouts } from "./doctorReach.ts";
import { stateOf, type Metrics } from "./doctorSignals.ts";

const reviewedForMs = 180 * 86_400_000;

/** What the runbooks here would want and not get. `from` undefined: nothing can be said of measuring. */
export function reviewRunbooks(
  { runbooks, broken }: Library,
  project: Project,
  from: MeasureFrom | undefined,
  metrics: Metrics,
  now: number,
): Runbooks {
  const all = runbooks.map(({ runbook }) => runbook);
  return {
    count: all.length,
    broken: broken.map(({ file }) => file),
    due: all
      .filter((one) => isDue(one, now))
      .map(({ id, reviewed, owner }) => ({ id, reviewed: reviewed ?? null, owner: owner ?? null })),
    notOffered: notOffered(all, project),
    unmeasured: from === undefined ? [] : unmeasured(all, from, metrics),
  };
}

function isDue({ reviewed }: Runbook, now: number): boolean {
  return reviewed === undefined || now - Date.parse(reviewed) > reviewedForMs;
}

/** The signals that runbooks read. */
export function signalsIn({ runbooks }: Library): Set<string> {
  const asks = runbooks.flatMap(({ runbook }) => asksOf(runbook));
  return new Set(asks.flatMap(({ ask }) => ("signal" in ask ? [ask.signal] : [])));
}

/** The asks of a runbook: its evidence, and what its steps measure anew. */
function asksOf({ evidence, steps }: Runbook): EvidenceAsk[] {
  return [...evidence, ...steps.flatMap(({ kind, body }) => (kind === "measure" ? [body as EvidenceAsk] : []))];
}

/** Mitigations whose setting no target has, and actions that the project does not define. */
function notOffered(runbooks: readonly Runbook[], { targets, actions }: Project): Runbooks["notOffered"] {
  const wanted = runbooks.flatMap(({ id, steps }) =>
    steps.flatMap(({ kind, body }) => {
      if (kind === "run" && typeof body === "string")
        return Object.hasOwn(actions, body) ? [] : [{ what: `run ${body}`, needs: `actions: ${body}`, id }];
      if (kind !== "mitigate") return [];
      const { do: does, target, with: given } = body as MitigateBody;
      const mitigation = mitigations.find((one) => one.kind === does);
      const setting = mitigation === undefined ? undefined : settingOf(mitigation, given);
      const isOffered = targets.some(
        ({ name, levers }) => (target ?? name) === name && levers.some((lever) => lever.setting === setting),
      );
      return setting === undefined || isOffered ? [] : [{ what: does, needs: setting, id }];
    }),
  );
  return gathered(wanted, ({ what }) => what).map((list) => ({
    what: list[0]!.what,
    needs: list[0]!.needs,
    runbooks: [...new Set(list.map(({ id }) => id))],
  }));
}

function unmeasured(runbooks: readonly Runbook[], from: MeasureFrom, metrics: Metrics): Runbooks["unmeasured"] {
  const found = runbooks.flatMap((runbook) =>
    asksOf(runbook).flatMap((ask) => {
      const { state, why } = stateOf(ask, from, metrics);
      return state === "available" || state === "not known"
        ? []
        : [{ what: sayAsk(ask), why: why ?? "", id: runbook.id }];
    }),
  );
  return gathered(found, ({ what }) => what).map((list) => ({
    what: list[0]!.what,
    why: list[0]!.why,
    runbooks: [...new Set(list.map(({ id }) => id))],
  }));
}

function sayAsk({ ask, by }: EvidenceAsk): string {
  const what = "changesMs" in ask ? "changes" : Object.values(ask)[0]!;
  return `${what}${by === undefined ? "" : ` by ${by}`}`;
}

function gathered<T>(list: readonly T[], key: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups.values()];
}

/** What of it a person should know. */
export function troublesOfRunbooks(
  { broken, due, notOffered, unmeasured }: Runbooks,
  { targets }: Project,
  at: Whereabouts,
  now: number,
): Trouble[] {
  const told = (list: readonly string[], says: (names: string) => string, next: string): Trouble[] =>
    list.length === 0 ? [] : [{ needed: false, says: says(sayList(list)), next }];
  return [
    ...told(broken, (files) => `runbooks that cannot be read: ${files}`, "llmops runbook lint"),
    ...told(
      wholes(unmeasured),
      (names) => `runbooks read what nothing here measures: ${names}`,
      "why, and what to look at instead: llmops doctor --json",
    ),
    ...told(
      notOffered.map(({ what, needs }) => (needs.startsWith("actions") ? what : `${what} (${needs})`)),
      (names) =>
        `${targets.length === 0 ? "no target is named" : "no target has the setting"}, so that a runbook only says how by hand: ${names}`,
      targets.length === 0
        ? `add one under targets: in ${at()}`
        : `add the setting under levers:, or the action under actions: in ${at()}`,
    ),
    ...told(
      due.map(({ id, owner }) => (owner === null ? id : `${id} (${owner})`)),
      (ids) => `due for review, last seen more than 180 days ago or never: ${ids}`,
      `read them and write reviewed: ${sayDate(now)}`,
    ),
  ];
}

/** A split of what is not measured at all is not told beside it. */
function wholes(unmeasured: Runbooks["unmeasured"]): string[] {
  const names = unmeasured.map(({ what }) => what);
  const parts = names.filter((name) => name.includes(" by "));
  const missing = names.filter((name) => !parts.includes(name));
  return [...missing, ...parts.filter((name) => !missing.includes(name.slice(0, name.indexOf(" by "))))];
}

function sayList(names: readonly string[]): string {
  return names.length <= 16 ? names.join(", ") : `${names.slice(0, 15).join(", ")} and ${names.length - 15} more`;
}
