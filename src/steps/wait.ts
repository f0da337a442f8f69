import { z } from "zod";
import { sayDuration } from "../duration.ts";
import { durationSchema } from "../schema/schema.ts";
import { fact, type Fact } from "../timeline/event.ts";
import { lastSettled } from "../timeline/changes.ts";
import type { Measurement } from "../timeline/measurement.ts";
import { sayReading } from "../timeline/reading.ts";
import { conditionSchema, idsOf, refersOf, sayCondition, type Condition } from "./condition.ts";
import type { Context } from "./context.ts";
import type { StepKind } from "./step.ts";
import { readableWithinMs } from "./verify.ts";

interface WaitBody {
  until: Condition;
  withinMs: number;
}

export const wait: StepKind<WaitBody> = {
  kind: "wait",
  summary: "looks again and again until a condition holds",
  schema: z
    .strictObject({ until: conditionSchema, within: durationSchema })
    .transform(({ until, within: withinMs }) => ({ until, withinMs })),
  example: `
id: calm
title: Is it over?
wait: { until: { burn: healthy }, within: 30m }
`,
  outcomes: () => ["reached", "timed-out"],
  refers: ({ until }) => refersOf(until, ["until"]),
  async *run({ body: { until, withinMs } }, context) {
    const { clock } = context.world;
    const end = clock.monotonic() + withinMs;
    for (;;) {
      const seen = yield* lookAgain(until, context);
      if (await context.holds(until)) {
        context.say(...seen.map((m) => `  ${m.id}  ${sayReading(m)}, ${m.why}`));
        return "reached";
      }
      if (!isEarly(context) && isBlind(until, context)) {
        const eyes = await askEyes(until, context);
        if (eyes !== "look") return eyes;
      }
      const left = end - clock.monotonic();
      if (left <= 0) return "timed-out";
      const text = `Waiting for ${sayCondition(until)}, ${sayDuration(left)} at most. Any key asks what to do.`;
      if ((await context.pause(text, Math.min(left, everyMs(withinMs)))) === "key" && !(await goOn(context)))
        return "timed-out";
    }
  },
};

/** Often enough that nobody waits long for the news, seldom enough that the sources do not mind. */
function everyMs(withinMs: number): number {
  return Math.min(30_000, Math.max(5000, withinMs / 60));
}

/** Reads the evidence anew; only what changed its outcome is recorded. */
async function* lookAgain(until: Condition, context: Context): AsyncGenerator<Fact, Measurement[], void> {
  const asks = idsOf(until).flatMap((id) => {
    const ask = context.evidence(id);
    return ask === undefined ? [] : [{ id, ask }];
  });
  // what was read before the last change had settled says nothing about after it
  const since = lastSettled(context.incident.changes, context.world.clock);
  const measurements = await Promise.all(asks.map(({ id, ask }) => context.measure(id, ask, undefined, since)));
  for (const measurement of measurements)
    if (measurement.outcome !== context.outcome(measurement.id))
      yield fact("measured", { measurement }, `${context.runbook}/${measurement.id}`);
  return measurements;
}

/** So soon after a change nothing can be read yet; that is no blindness. */
function isEarly({ incident, world }: Context): boolean {
  const since = lastSettled(incident.changes, world.clock);
  return since !== undefined && world.clock.now() < since + readableWithinMs;
}

/** Nothing that is waited for can be read here. */
function isBlind(until: Condition, { evidence, outcome }: Context): boolean {
  const read = idsOf(until).filter((id) => evidence(id) !== undefined);
  return read.length > 0 && read.every((id) => ["no-data", "error"].includes(outcome(id) ?? "no-data"));
}

/** Where we see nothing, somebody else may: a dashboard of their own, or users. */
async function askEyes(until: Condition, context: Context): Promise<"reached" | "timed-out" | "look"> {
  const answer = await context.choose({
    question: `It cannot be read here. Do you see it yourself: ${sayCondition(until)}?`,
    choices: [
      { value: "reached", label: "Yes, by my own eyes" },
      { value: "look", label: "Not yet: look again and go on waiting" },
      { value: "timed-out", label: "No: stop waiting" },
    ],
    otherwise: context.canMeasure ? "look" : "timed-out",
  });
  return answer as "reached" | "timed-out" | "look";
}

async function goOn(context: Context): Promise<boolean> {
  const answer = await context.choose({
    question: "Still waiting.",
    choices: [
      { value: "look", label: "Look now and go on waiting" },
      { value: "stop", label: "Stop waiting" },
    ],
    otherwise: "look",
  });
  return answer === "look";
}
