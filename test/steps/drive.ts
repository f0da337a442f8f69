import { expect } from "vitest";
import { parseRunbook } from "../../src/runbook/parse.ts";
import type { EvidenceAsk } from "../../src/signals/evidence.ts";
import { evaluate } from "../../src/steps/condition.ts";
import type { Context, Question } from "../../src/steps/context.ts";
import { outcomesOf, stepKinds } from "../../src/steps/index.ts";
import { fact, type Fact } from "../../src/timeline/event.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";
import type { World } from "../../src/world/world.ts";
import { fakeWorld, type FakeOptions } from "../fake/world.ts";
import { opened, told } from "../timeline/told.ts";

const head = "id: example\ntitle: Example\nclass: cost\nseverity: SEV2\nsummary: An example.\n";

export interface Drive {
  evidence?: string;
  step: string;
  world?: FakeOptions;
  /** what was read before, by evidence id */
  read?: Record<string, Partial<Measurement>>;
  /** what a fresh reading of an id brings, one after the other; the last again and again */
  fresh?: Record<string, Partial<Measurement>[]>;
  before?: Fact[];
  answers?: string[];
  pauses?: ("elapsed" | "key")[];
  actions?: (world: World) => Context["actions"];
}

export interface Driven {
  outcome: unknown;
  facts: Fact[];
  said: string[];
  asked: Question[];
  ms: number;
}

/** Runs one step of a runbook with everything that it may do scripted; what is not scripted fails. */
export async function drive(drive: Drive): Promise<Driven> {
  const text = `${head}${drive.evidence === undefined ? "" : `evidence: ${drive.evidence}\n`}steps:\n  - ${drive.step}\n`;
  const { runbook, findings } = parseRunbook(text, "example.yaml");
  expect(findings).toEqual([]);
  const step = runbook!.steps[0]!;
  const world = fakeWorld(drive.world);
  const began = world.clock.now();
  const facts: Fact[] = [
    opened,
    ...Object.entries(drive.read ?? {}).map(([id, m]) =>
      fact("measured", { measurement: reading(id, m) }, `example/${id}`),
    ),
    ...(drive.before ?? []),
  ];
  const known = facts.length;
  const said: string[] = [];
  const asked: Question[] = [];
  const answers = [...(drive.answers ?? [])];
  const pauses = [...(drive.pauses ?? [])];
  const fresh = new Map(Object.entries(drive.fresh ?? {}).map(([id, list]) => [id, [...list]]));
  const take = (question: string) => {
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`unscripted question: ${question}`);
    return answer;
  };
  const incident = () => told(facts);
  const outcome = (id: string) => incident().outcomes.get(`example/${id}`);
  const context = {
    world,
    get incident() {
      return incident();
    },
    get scope() {
      return incident().scope;
    },
    runbook: "example",
    actions: drive.actions?.(world) ?? {},
    sources: () => [],
    async measure(id: string, _ask: EvidenceAsk) {
      const list = fresh.get(id);
      if (list === undefined) throw new Error(`unscripted reading: ${id}`);
      return reading(id, list.length > 1 ? list.shift()! : list[0]!);
    },
    evidence: (id: string) => runbook!.evidence.find((one) => one.id === id),
    outcome,
    holds: async (condition: Parameters<Context["holds"]>[0]) => evaluate(condition, outcome),
    async choose(question: Question) {
      asked.push(question);
      const answer = take(question.question);
      expect(question.choices.map(({ value }) => value)).toContain(answer);
      return answer;
    },
    line: async (question: string) => take(question),
    pick: async (dimension: string) => take(dimension),
    say: (...lines) => void said.push(lines.join("\n")),
    async pause(_text: string, ms: number) {
      const end = pauses.shift() ?? "elapsed";
      await world.clock.sleep(end === "key" ? 1 : ms);
      return end;
    },
    canMeasure: true,
    reason: step.title,
  } as Partial<Context> as Context;

  const run = stepKinds.find(({ kind }) => kind === step.kind)!.run(step, context);
  for (;;) {
    const next = await run.next();
    if (next.done === true) {
      expect(answers).toEqual([]);
      world.verify();
      if (typeof next.value === "string") expect(outcomesOf(step)).toContain(next.value);
      return { outcome: next.value, facts: facts.slice(known), said, asked, ms: world.clock.now() - began };
    }
    const made = typeof next.value === "function" ? next.value(context.incident) : next.value;
    facts.push({ ...made, step: made.step ?? `example/${step.id}` });
  }
}

export function reading(id: string, more: Partial<Measurement>): Measurement {
  return {
    id,
    label: id,
    query: id,
    source: "metrics",
    scope: {},
    windowMs: 300_000,
    at: 0,
    unit: "usd/h",
    outcome: more.by === undefined ? "healthy" : "spread",
    verdict: "healthy",
    why: "",
    healthy: "inside the usual range",
    tookMs: 1,
    ...more,
  };
}
