import { stamp, start } from "../../src/timeline/chain.ts";
import { fact, type Fact, type Plan } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { Change } from "../../src/timeline/setting.ts";

export const minute = 60_000;
/** 2026-11-21T03:12:04Z */
export const noon = Date.UTC(2026, 10, 21, 3, 12, 4);

/** Folds facts, one minute apart from `at` on. */
export function told(facts: Fact[], { id = "INC-1121-abcd", at = noon } = {}): Incident {
  const events = stamp(facts, id, start, at, { by: "dana", host: "laptop" });
  return foldIncident(events.map((event, i) => ({ ...event, at: at + i * minute })));
}

export const opened = fact("opened", {
  kind: "incident",
  title: "Cost spike",
  class: "cost",
  severity: "SEV2",
  scope: { route: "support.reply" },
  version: "0.0.0",
});

export function clamp(more: Partial<Change> = {}): Change {
  return {
    id: "m1",
    mitigation: "token-clamp",
    target: "gateway",
    setting: "max_tokens",
    scope: { route: "support.reply" },
    before: { is: 4096 },
    after: { is: 512 },
    version: '"1"',
    ...more,
  };
}

export function planFor(change: Change, more: Partial<Plan> = {}): Plan {
  return {
    changes: [change],
    reads: [{ identity: "http gateway", at: noon, conditional: true, enforced: true, settles: 5000 }],
    wider: [],
    effects: [],
    withinMs: 10 * minute,
    reason: "cost",
    ...more,
  };
}

/** A change from its plan to its read-back. */
export function applied(change: Change, more: Partial<Plan> = {}): Fact[] {
  return [
    fact("planned", { plan: planFor(change, more) }),
    fact("intended", { change, deadlineMs: 15_000 }),
    fact("written", { change: change.id, result: { written: true, version: '"2"' } }),
    fact("read-back", { change: change.id, value: change.after, version: '"2"', as: "applied" }),
  ];
}
