import { z } from "zod";
import { callRules, type CallRule } from "../sources/source.ts";
import { markedCalls } from "../timeline/sample.ts";
import { fact } from "../timeline/event.ts";
import { judge, type Verdict } from "./judge.ts";
import { findCalls, quoteOf, recordOf } from "./findCalls.ts";
import type { StepKind } from "./step.ts";

interface LogsBody {
  of: CallRule;
  /** how many calls to look at */
  sample: number;
  /** each one is judged by the person: as it should be, or not */
  rate: boolean;
}

export const logs: StepKind<LogsBody> = {
  kind: "logs",
  summary: "shows a few calls to look at",
  schema: z.strictObject({
    of: z.enum(callRules),
    sample: z.number().int().min(1).max(100).default(10),
    rate: z.boolean().default(false),
  }),
  example: `
id: look
title: What do the failed calls say?
logs: { of: failed, sample: 5 }
`,
  outcomes: () => ["sampled", "none", "error", "not-offered"],
  async *run({ body: { of, sample, rate } }, context) {
    const found = await findCalls(of, sample, context);
    if (found === undefined) {
      context.say(`No source here has calls. By hand: look at ${sample} ${of} calls${rate ? " and judge each" : ""}.`);
      return "not-offered";
    }
    if ("error" in found) {
      context.say(`  ${found.source} tells no calls: ${found.error}`);
      return "error";
    }
    const { source, from, to, patterns } = found;
    if (found.calls.length === 0) {
      context.say(`  ${source} has no such call (${of}) in this scope and time.`);
      return "none";
    }
    if (patterns !== undefined) context.show.patterns(patterns);
    // a mark stands under the name of who made it
    const before = markedCalls(context.incident.events);
    const calls = rate ? found.calls.filter(({ id }) => !before.has(id)) : found.calls;
    if (calls.length === 0) {
      context.say("  All of them were judged before.");
      return "sampled";
    }
    const records = await Promise.all(calls.map((call) => recordOf(call, context)));
    const verdicts = new Map<string, Verdict>();
    if (context.unattended && rate) context.say("  Nobody is there to judge them.");
    let left: { by: unknown } | undefined;
    try {
      if (!context.unattended) await judge({ of, source, calls, rate }, verdicts, context);
    } catch (thrown) {
      // what was said of a call is kept, however the step is left
      left = { by: thrown };
    }
    const marked = records.map((record) => ({ ...record, ...verdicts.get(record.id) }));
    yield fact("sampled", { of, source, from, to, calls: marked });
    if (context.keepText) yield fact("quoted", { calls: calls.map(quoteOf) });
    if (left !== undefined) throw left.by;
    return "sampled";
  },
};
