import type { Runbook } from "../runbook/runbook.ts";
import { sayCondition } from "../steps/condition.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import type { Step } from "../steps/step.ts";
import { attainable } from "./attainable.ts";
import type { Happened } from "./rehearse.ts";

export interface Count {
  reached: number;
  of: number;
}

/** How much of a runbook its tests walk. */
export interface Coverage {
  runbook: string;
  steps: Count;
  /** of each step everything that it can end in */
  outcomes: Count;
  /** steps that change something: a change was planned */
  mitigations: Count;
  /** by name, with the condition that leads there */
  missing: string[];
}

export function coverageOf(runbook: Runbook, happened: readonly Happened[]): Coverage {
  const ended = new Map<string, Set<string>>();
  for (const { id, outcome } of happened.flatMap(({ steps }) => steps))
    ended.set(id, (ended.get(id) ?? new Set()).add(outcome));
  const planned = new Set(happened.flatMap((one) => [...one.planned]));
  const rows = runbook.steps.map((step) => rowOf(step, ended.get(step.id), planned));
  const changing = rows.filter(({ step }) => step.kind === "mitigate");
  return {
    runbook: runbook.id,
    steps: { reached: rows.filter(({ walked }) => walked).length, of: rows.length },
    outcomes: {
      reached: rows.reduce((sum, { all, left }) => sum + all.length - left.length, 0),
      of: rows.reduce((sum, { all }) => sum + all.length, 0),
    },
    mitigations: { reached: changing.filter(({ isPlanned }) => isPlanned).length, of: changing.length },
    missing: rows.flatMap(sayMissing),
  };
}

/** In per cent, rounded down: 100 is all of them. */
export function percent({ reached, of }: Count): number {
  return of === 0 ? 100 : Math.floor((100 * reached) / of);
}

interface Row {
  step: Step;
  walked: boolean;
  all: string[];
  left: string[];
  isPlanned: boolean;
}

function rowOf(step: Step, ended: ReadonlySet<string> | undefined, planned: ReadonlySet<string>): Row {
  const all = attainable(step);
  const left = all.filter((outcome) => ended?.has(outcome) !== true);
  return { step, walked: ended !== undefined, all, left, isPlanned: planned.has(step.id) };
}

function sayMissing({ step, walked, left, isPlanned }: Row): string[] {
  const { id, kind, when } = step;
  const way = when === undefined ? "" : ` (it is for ${sayCondition(when)})`;
  if (!walked) return [`${id} is never walked${way}`];
  const unplanned =
    kind === "mitigate" && !isPlanned ? [`${id} never plans its ${(step.body as MitigateBody).do}`] : [];
  return [...(left.length === 0 ? [] : [`${id} never ends ${left.join(", ")}`]), ...unplanned];
}
