import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { Condition } from "../steps/condition.ts";
import { outcomesOfAsk } from "../steps/measure.ts";
import type { Step } from "../steps/step.ts";
import type { Measurement } from "../timeline/measurement.ts";
import type { Scope } from "../timeline/scope.ts";
import type { Verdict } from "../timeline/verdict.ts";
import { frustrate, fulfil } from "./fulfil.ts";
import type { Reading } from "./schema.ts";
import type { Script } from "./script.ts";

export interface Readings {
  /** `reader`: the step that asks; undefined: the start */
  read(id: string, ask: EvidenceAsk, reader: Step | undefined): Reading;
  /** evidence of which the script has more readings than anybody asked for */
  unread(): string[];
}

/**
 * What is measured. Of a list each reader takes the next: the start, then every step that reads it anew, however often it
 * looks; the last stays. A step whose outcome is given reads what leads to that, and what it brought about stays so.
 */
export function openReadings({ evidence, steps }: Runbook, { evidence: given, outcomes }: Script): Readings {
  const readers = new Map<string, (Step | undefined)[]>();
  const left = new Map<string, Reading>();
  const can = (id: string) => {
    const ask =
      evidence.find((one) => one.id === id) ?? steps.find((one) => one.id === id && one.kind === "measure")?.body;
    return ask === undefined ? undefined : outcomesOfAsk(ask as EvidenceAsk);
  };
  const goals = new Map<Step, ReadonlyMap<string, string>>();
  const goalsOf = (step: Step) => {
    const known = goals.get(step) ?? goalOf(step, outcomes.get(step.id), can);
    goals.set(step, known);
    return known;
  };

  return {
    read(id, _, reader) {
      const goal = reader === undefined ? undefined : goalsOf(reader).get(id);
      if (goal !== undefined) {
        if (goal !== "no-data") left.set(id, { outcome: goal });
        return { outcome: goal };
      }
      const list = Object.hasOwn(given, id) ? given[id]! : [{ outcome: "no-data" }];
      const known = readers.get(id) ?? [];
      readers.set(id, known);
      if (!known.includes(reader)) known.push(reader);
      const nth = known.indexOf(reader);
      if (nth < list.length && nth > 0) left.delete(id);
      return left.get(id) ?? list[Math.min(nth, list.length - 1)]!;
    },
    unread: () =>
      Object.entries(given).flatMap(([id, list]) =>
        list.length > Math.max(1, readers.get(id)?.length ?? 0) ? [id] : [],
      ),
  };
}

/** What evidence must end in while a step looks at it, for the step to end as it is said to. */
function goalOf(
  { id, kind, body }: Step,
  outcome: string | undefined,
  can: (id: string) => readonly string[] | undefined,
): ReadonlyMap<string, string> {
  if (outcome === undefined) return new Map();
  if (kind === "measure") return new Map([[id, outcome]]);
  const { until, verify } = body as { until?: Condition; verify?: Condition };
  const wanted = until ?? verify;
  if (wanted === undefined) return new Map();
  if (outcome === "reached" || outcome === "helped") return fulfil(wanted, can);
  if (outcome === "timed-out" || outcome === "not-enough") return frustrate(wanted, can);
  if (outcome !== "unproven") return new Map();
  return new Map([...frustrate(wanted, can).keys()].map((one) => [one, "no-data"]));
}

/** A reading in full, as every other part of the program wants to see it. */
export function measurementOf(
  { outcome, names }: Reading,
  { id, ask, scope, at }: { id: string; ask: EvidenceAsk; scope: Scope; at: number },
): Measurement {
  const { by } = ask;
  const split = outcome === "concentrated" || outcome === "spread";
  const parts = split && by !== undefined ? partsOf(names ?? [`${by}-1`, `${by}-2`], outcome) : undefined;
  return {
    id,
    label: id,
    query: "",
    source: "rehearsal",
    scope,
    windowMs: 300_000,
    at,
    unit: "none",
    outcome: outcome as Measurement["outcome"],
    verdict: verdictOf(outcome),
    why: "the test says so",
    healthy: "",
    ...(by === undefined ? {} : { by }),
    ...(parts === undefined ? {} : { parts, partCount: parts.length }),
    tookMs: 0,
  };
}

function partsOf(names: string[], outcome: string): NonNullable<Measurement["parts"]> {
  const first = outcome === "concentrated" ? 80 : 50;
  return names.map((name, nth) => ({ name, value: nth === 0 ? first : 20 / nth }));
}

function verdictOf(outcome: string): Verdict {
  if (outcome === "no-data" || outcome === "error") return outcome;
  return outcome === "unhealthy" || outcome === "concentrated" ? "unhealthy" : "healthy";
}
