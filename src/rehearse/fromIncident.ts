import type { Json } from "../document/tree.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Step } from "../steps/step.ts";
import { isKnown } from "../timeline/fold.ts";
import type { Event } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Dimension, Scope } from "../timeline/scope.ts";
import { learn, placeOf, statedBy } from "./fromChanges.ts";
import { openPseudonyms, type Pseudonyms } from "./pseudonyms.ts";

/** What a test says, as it is written: everything but what must happen. */
export interface Draft {
  runbook: string;
  name: string;
  scope: Scope;
  evidence: Record<string, Json>;
  state: Json[];
  defaults: Record<string, Json>;
  answers: Record<string, string>;
  outcomes: Record<string, string>;
}

/** So many parts of an evidence are enough to pick from. */
const mostNames = 3;

/** What an incident was given while it walked this runbook; nobody's name, and no words of people, are taken over. */
export function draftOf(incident: Incident, runbook: Runbook): Draft {
  const prefix = `${runbook.id}/`;
  const events = incident.events.filter(isKnown);
  const mine = events.filter(({ step }) => step?.startsWith(prefix) === true);
  const began = mine.find(({ type }) => type === "step-started")?.seq ?? Infinity;
  const names = openPseudonyms();
  const scope = names.scope(scopeBefore(events, began));
  const picks = picksOf(mine, runbook, prefix);
  const state = statedBy(mine, names);
  const draft: Draft = {
    runbook: runbook.id,
    name: `What happened in ${incident.id}`,
    scope,
    evidence: evidenceOf(mine, runbook, prefix, picks, names),
    state: state.map(({ change }) => placeOf(change, state, names)),
    defaults: {},
    answers: {},
    outcomes: {},
  };
  for (const step of runbook.steps) take(step, incident, prefix, picks, draft, names);
  for (const { change, step, seq } of state) {
    const known = scopeBefore(events, seq);
    for (const [d, name] of Object.entries(change.scope) as [Dimension, string][])
      if (known[d] === undefined) draft.answers[`${step.slice(prefix.length)}.${d}`] = names.name(d, name);
    learn(
      runbook.steps.find(({ id }) => prefix + id === step),
      change,
      draft,
      names,
    );
  }
  return draft;
}

function scopeBefore(events: readonly Event[], seq: number): Scope {
  const said = events
    .filter((event) => event.seq < seq)
    .flatMap((event) => (event.type === "opened" || event.type === "scoped" ? [event.payload.scope] : []));
  return said.at(-1) ?? {};
}

/** What was picked, by step. */
function picksOf(
  events: readonly Event[],
  { evidence, steps }: Runbook,
  prefix: string,
): Map<string, { of: string; by: Dimension; name: string }> {
  const picks = new Map<string, { of: string; by: Dimension; name: string }>();
  for (const event of events) {
    if (event.type !== "scoped" || event.step === undefined) continue;
    const step = steps.find(({ id }) => prefix + id === event.step);
    const of = (step?.body as { pick?: string } | undefined)?.pick;
    const by = evidence.find(({ id }) => id === of)?.by;
    const name = by === undefined ? undefined : event.payload.scope[by];
    if (of !== undefined && by !== undefined && name !== undefined) picks.set(step!.id, { of, by, name });
  }
  return picks;
}

function evidenceOf(
  events: readonly Event[],
  { evidence }: Runbook,
  prefix: string,
  picks: ReturnType<typeof picksOf>,
  names: Pseudonyms,
): Record<string, Json> {
  const read = new Map<string, Measurement>();
  for (const event of events)
    if (event.type === "measured" && !read.has(event.step!)) read.set(event.step!, event.payload.measurement);
  return Object.fromEntries(
    evidence.flatMap(({ id, by }): [string, Json][] => {
      const first = read.get(prefix + id);
      if (first === undefined) return [];
      const { outcome, parts = [] } = first;
      if (by === undefined || (outcome !== "concentrated" && outcome !== "spread")) return [[id, outcome]];
      const picked = [...picks.values()].filter(({ of }) => of === id).map(({ name }) => name);
      const some = [...new Set([...parts.slice(0, mostNames).map(({ name }) => name), ...picked])];
      return [[id, { [outcome]: some.map((name) => names.name(by, name)) }]];
    }),
  );
}

/** What a step was answered, or what production made of it. */
function take(
  step: Step,
  { outcomes, answers }: Incident,
  prefix: string,
  picks: ReturnType<typeof picksOf>,
  draft: Draft,
  names: Pseudonyms,
): void {
  const outcome = outcomes.get(prefix + step.id);
  if (outcome === undefined || step.kind === "continue") return;
  if (outcome === "skipped") {
    draft.answers[step.id] = "skip";
    return;
  }
  const pick = picks.get(step.id);
  if (step.kind === "ask") {
    const answer =
      pick === undefined ? (answers.get(prefix + step.id)?.choice ?? outcome) : names.name(pick.by, pick.name);
    draft.answers[step.id] = outcome === "none" ? "none" : answer;
  } else if (step.kind === "instruct") draft.answers[step.id] = outcome;
  else draft.outcomes[step.id] = outcome;
}
