import { formatDuration } from "../duration.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { EvidenceAsk } from "../signals/evidence.ts";
import type { AskBody } from "../steps/choices.ts";
import type { Condition } from "../steps/condition.ts";
import { outcomesOf } from "../steps/index.ts";
import { outcomesOfAsk } from "../steps/measure.ts";
import type { MitigateBody } from "../steps/mitigateSchema.ts";
import type { Step } from "../steps/step.ts";
import { sayHealthy } from "../timeline/verdict.ts";

/** id of evidence or of a step → all that it can end in. */
export type Ends = ReadonlyMap<string, readonly string[]>;

export function endsOf({ evidence, steps }: Runbook): Ends {
  return new Map([
    ...evidence.map((one) => [one.id, outcomesOfAsk(one)] as const),
    ...steps.map((step) => [step.id, outcomesOf(step)] as const),
  ]);
}

/** "clamp not helped", "cause loop or one"; `id` "" where it stands beside it already, and `of` is what is meant. */
export function sayEnds(id: string, outcomes: readonly string[], ends: Ends, of = id): string {
  const others = (ends.get(of) ?? []).filter((one) => !outcomes.includes(one));
  const short = others.length > 0 && others.length <= 2 && outcomes.length > others.length;
  const none = others.length === 1 ? `not ${others[0]}` : `neither ${others.join(" nor ")}`;
  const words = short ? none : outcomes.join(" or ");
  return id === "" ? words : `${id} ${words}`;
}

/** "cause loop or one, and burn unhealthy". */
export function sayWhen({ all, any }: Condition, ends: Ends): string {
  const both = all.map(({ id, outcomes }) => sayEnds(id, outcomes, ends));
  const either = any.map((one) => {
    const said = sayWhen(one, ends);
    return any.length > 1 && one.all.length + one.any.length > 1 ? `(${said})` : said;
  });
  const last = either.length > 1 && both.length > 0 ? `either ${either.join(", or ")}` : either.join(", or ");
  return [...both, ...(last === "" ? [] : [last])].join(", and ");
}

/** What evidence, or a `measure` step, reads: the language of its query, and the query. */
export function sayAsk({ ask }: EvidenceAsk): { language: string; query: string } {
  if ("changesMs" in ask) return { language: "changes", query: formatDuration(ask.changesMs) };
  const [[language, query]] = Object.entries(ask) as [[string, string]];
  return { language, query };
}

/** What a step does, in lines of any text; what the project binds is named as the runbook does. */
export function sayStep({ kind, body }: Step, ends: Ends): string[] {
  switch (kind) {
    case "measure":
      return [sayMeasure(body as EvidenceAsk)];
    case "ask":
      return sayQuestion(body as AskBody, ends);
    case "logs": {
      const { of, sample, rate } = body as { of: string; sample: number; rate: boolean };
      return [`Look at ${sample} ${of} calls${rate ? ", and judge each" : ""}.`];
    }
    case "mitigate":
      return [sayMitigate(body as MitigateBody, ends)];
    case "undo":
      return [`Undo ${(body as string[]).join(", ")}, the last first.`];
    case "run":
      return [sayRun(body as string | { command: string[]; irreversible: boolean })];
    case "instruct": {
      const { say, links } = body as { say: string; links: string[] };
      return [say.trim(), ...links];
    }
    case "notify":
      return [`Tell ${(body as { to: string }).to}.`];
    case "escalate":
      return [`Call level ${(body as { level: number }).level}.`];
    case "wait": {
      const { until, withinMs } = body as { until: Condition; withinMs: number };
      return [`Wait until ${sayWhen(until, ends)}, ${formatDuration(withinMs)} at most.`];
    }
    case "continue":
      return [`Go on with the runbook ${body as string}.`];
    default:
      return [];
  }
}

function sayMeasure(ask: EvidenceAsk): string {
  const { language, query } = sayAsk(ask);
  const by = ask.by === undefined ? "" : ` by ${ask.by}`;
  const healthy = ask.healthy === undefined ? "" : `; healthy: ${sayHealthy(ask.healthy)}`;
  return `Read ${language === "signal" ? "" : `${language}: `}${query}${by}${healthy}.`;
}

function sayQuestion(body: AskBody, ends: Ends): string[] {
  if ("pick" in body) return [body.question, `The parts of ${body.pick} are the choices.`];
  const choices = body.choices.map(({ value, label }) => {
    const hint = body.hints.find(({ choice }) => choice === value);
    return `- ${value}: ${label}${hint === undefined ? "" : ` (proposed when ${sayWhen(hint.when, ends)})`}`;
  });
  return [body.question, ...choices];
}

function sayMitigate({ do: kind, with: given, on, forMs, verify, withinMs, target }: MitigateBody, ends: Ends): string {
  const parameters = Object.entries(given).map(([name, value]) => `${name} ${sayParameter(value)}`);
  const parts = [
    ...parameters,
    ...(on === undefined ? [] : [`for this ${on.join(" and ")} only`]),
    ...(target === undefined ? [] : [`at ${target}`]),
    ...(forMs === undefined ? [] : [`for ${formatDuration(forMs)}`]),
  ];
  const within = withinMs === undefined ? "" : ` within ${formatDuration(withinMs)}`;
  const helped = verify === undefined ? "" : `; it helped when ${sayWhen(verify, ends)}${within}`;
  return `Change: ${[kind, ...parts].join(", ")}${helped}.`;
}

function sayParameter(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sayRun(body: string | { command: string[]; irreversible: boolean }): string {
  if (typeof body === "string") return `Run the action ${body}.`;
  return `Run ${body.command.join(" ")}${body.irreversible ? ", which cannot be taken back" : ""}.`;
}
