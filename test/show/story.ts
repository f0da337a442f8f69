import { headOf, stamp } from "../../src/timeline/chain.ts";
import { fact, type Alert, type Event, type Fact, type Plan } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import { standing, type Placed } from "../../src/timeline/changes.ts";
import type { Incident, Outline } from "../../src/timeline/incident.ts";
import type { Live } from "../../src/timeline/live.ts";
import type { Measurement } from "../../src/timeline/measurement.ts";
import type { Change } from "../../src/timeline/setting.ts";
import type { Paint } from "../../src/show/paint.ts";

/** "03:12:04" on the day of the story. */
export function at(time: string): number {
  return Date.parse(`2026-11-21T${time}Z`);
}

/** What happened: a time, who, and the facts. */
export type Beat = [time: string, by: string, ...facts: Fact[]];

export function tell(beats: Beat[], id = "INC-1121-7f3k"): Event[] {
  const events: Event[] = [];
  for (const [time, by, ...facts] of beats)
    events.push(...stamp(facts, id, headOf(events), at(time), { by, host: "laptop" }));
  return events;
}

export function told(beats: Beat[], id?: string): Incident {
  return foldIncident(tell(beats, id));
}

export const wide: Paint = { columns: 80, unicode: true, style: (_, text) => text };
export const ascii: Paint = { ...wide, unicode: false };
export const slim: Paint = { ...wide, columns: 40 };
export const coloured: Paint = { ...wide, style: (style, text) => `\u001b[${style.length}m${text}\u001b[0m` };

/** A reading with everything that does not matter filled in. */
export function reading(id: string, label: string, more: Partial<Measurement>): Measurement {
  const { usual, ...rest } = more;
  return {
    id,
    label,
    signal: id,
    query: `sum(rate(${id}_total{tenant="acme"}[5m]))`,
    source: "metrics",
    scope: { tenant: "acme" },
    windowMs: 300_000,
    at: at("03:12:00"),
    unit: "none",
    outcome: "healthy",
    verdict: "healthy",
    why: "inside the usual range",
    healthy: "inside the usual range",
    tookMs: 41,
    ...(usual === undefined ? {} : { usual }),
    ...rest,
  };
}

function usual(median: number, low: number, high: number): Measurement["usual"] {
  return { median, low, high, deviation: (high - low) / 6, samples: 60, of: "yesterday" };
}

const unhealthy = { outcome: "unhealthy", verdict: "unhealthy" } as const;
const noData = { outcome: "no-data", verdict: "no-data" } as const;
const jump = [1, 1, 1, 1, 1, 2, 5, 7, 9, 9.2].map((n) => n * 14);

export const burn = reading("burn", "cost per hour", {
  ...unhealthy,
  signal: "cost_per_hour",
  unit: "usd/h",
  value: 131.2,
  usual: usual(14, 11, 17),
  trend: jump,
  why: "above the usual 11 to 17",
});
export const evidence: Measurement[] = [
  burn,
  reading("length", "tokens out per call", {
    ...unhealthy,
    unit: "tokens",
    value: 3910,
    usual: usual(380, 340, 420),
    trend: jump.map((n) => n * 30),
    why: "above 340 to 420",
  }),
  reading("per-call", "cost per call", {
    ...unhealthy,
    unit: "usd",
    value: 0.013,
    usual: usual(0.0014, 0.0014, 0.0014),
    trend: jump,
    why: "above 0.0014",
  }),
  reading("calls", "requests per second", {
    unit: "1/s",
    value: 2.8,
    usual: usual(2.75, 2.1, 3.4),
    trend: [3, 3, 2.5, 3, 3, 2.8, 3.4, 2.8, 3, 2.8],
  }),
  reading("cache", "hit rate", {
    unit: "ratio",
    value: 0.31,
    usual: usual(0.315, 0.28, 0.35),
    trend: Array.from({ length: 10 }, () => 0.31),
  }),
  reading("loops", "attempts per request", { ...noData, why: "no series in 5m" }),
  reading("routes", "cost per hour by route", {
    outcome: "concentrated",
    verdict: "unhealthy",
    unit: "usd/h",
    by: "route",
    partCount: 5,
    parts: [
      { name: "support.reply", value: 123, share: 0.94 },
      { name: "agent.research", value: 5, share: 0.04 },
      { name: "search", value: 2, share: 0.01 },
    ],
  }),
  reading("users", "cost per hour by user", {
    outcome: "spread",
    unit: "usd/h",
    by: "user",
    partCount: 1906,
    parts: [
      { name: "u-8841", value: 4, share: 0.03 },
      { name: "u-1207", value: 2.6, share: 0.02 },
    ],
  }),
];

export const clamp: Change = {
  id: "m1",
  mitigation: "token-clamp",
  target: "gateway",
  setting: "max_tokens",
  scope: { route: "support.reply" },
  before: { is: 4096 },
  after: { is: 512 },
  version: "190",
};
export const clampPlan: Plan = {
  changes: [clamp],
  reads: [
    {
      identity: "consul 127.0.0.1:8500, datacenter eu1, index 190",
      at: at("03:13:09"),
      conditional: true,
      enforced: true,
      settles: 75_000,
    },
  ],
  wider: [{ dimension: "tenant", lever: "max_tokens of support.reply", values: 41 }],
  ends: { at: at("03:43:09"), how: "undo", by: "by hand: nothing is watching (llmops watch)" },
  effects: [
    {
      signal: "tokens_out_p95",
      scope: { route: "support.reply" },
      healthy: { kind: "bound", bound: { operator: "<=", number: 512 } },
    },
  ],
  verify: { all: [{ id: "burn", outcomes: ["healthy"] }], any: [] },
  withinMs: 600_000,
  reason: "cost spike, owner asleep",
};

export const page: Alert = {
  name: "TokenCostExplosion",
  status: "firing",
  labels: { tenant: "acme", severity: "page" },
  annotations: {},
  startsAt: at("03:02:00"),
};

const p95 = reading("tokens_out_p95", "tokens out p95", {
  unit: "tokens",
  value: 508,
  scope: { route: "support.reply" },
  at: at("03:14:38"),
  why: "508 <= 512",
  healthy: "<= 512",
});
const calmBurn = {
  ...burn,
  outcome: "healthy",
  verdict: "healthy",
  value: 13.4,
  at: at("03:15:08"),
  why: "inside the usual 11 to 17",
} as const;
const clampStep = "cost-spike/clamp";

/** The incident of the screen in the documentation, up to the read-back of the clamp. */
export const begun: Beat[] = [
  [
    "03:12:04",
    "m.kaya",
    fact("opened", {
      kind: "incident",
      title: "Cost spike",
      class: "cost",
      severity: "SEV2",
      scope: {},
      version: "0.1.0",
    }),
    fact("pinned", { runbook: "cost-spike", origin: "shipped", digest: "ab12", text: "id: cost-spike\n", first: true }),
    fact("alert", page),
    fact("acknowledged", {}),
    fact("scoped", { scope: { tenant: "acme" }, why: "from the alert" }),
    fact("check", { name: "metrics", kind: "prometheus", reach: { ok: true, say: "41 ms", ms: 41 } }),
    fact("check", { name: "gateway", kind: "http", reach: { ok: true, say: "reads, write not tried", ms: 12 } }),
  ],
  [
    "03:12:05",
    "m.kaya",
    ...evidence.map((measurement) => fact("measured", { measurement }, `cost-spike/${measurement.id}`)),
  ],
  [
    "03:12:30",
    "m.kaya",
    fact("step-started", { runbook: "cost-spike", kind: "ask", title: "What changed?" }, "cost-spike/cause"),
    fact(
      "asked",
      {
        question: "What drives the cost?",
        choices: [
          { value: "loop", label: "Calls repeat themselves" },
          { value: "inflation", label: "More tokens per call" },
        ],
        proposed: "loop",
        why: "length ×10.3",
      },
      "cost-spike/cause",
    ),
  ],
  [
    "03:12:58",
    "m.kaya",
    fact("answered", { choice: "inflation", label: "More tokens per call", proposed: "loop" }, "cost-spike/cause"),
    fact("step-ended", { outcome: "inflation" }, "cost-spike/cause"),
    fact(
      "step-started",
      { runbook: "cost-spike", kind: "instruct", title: "Take back the last prompt" },
      "cost-spike/prompt",
    ),
  ],
  [
    "03:13:04",
    "m.kaya",
    fact("skipped", { reason: "owner asleep, clamp first" }, "cost-spike/prompt"),
    fact("step-started", { runbook: "cost-spike", kind: "mitigate", title: "Clamp output tokens" }, clampStep),
  ],
  ["03:13:09", "m.kaya", fact("planned", { plan: clampPlan }, clampStep)],
  ["03:13:21", "m.kaya", fact("intended", { change: clamp, deadlineMs: 15_000 }, clampStep)],
];
export const applied: Beat[] = [
  ...begun,
  [
    "03:13:22",
    "m.kaya",
    fact("written", { change: "m1", result: { written: true, version: "191" } }, clampStep),
    fact("read-back", { change: "m1", value: { is: 512 }, version: "191", as: "applied" }, clampStep),
  ],
];
export const proven: Beat[] = [
  ...applied,
  ["03:14:10", "j.ortiz", fact("noted", { text: "Prompt v15 went out at 02:58, asked the owner to take it back." })],
  [
    "03:14:38",
    "m.kaya",
    fact(
      "in-effect",
      { change: "m1", verdict: "yes", why: "tokens out p95 508, 508 <= 512", measurements: [p95] },
      clampStep,
    ),
  ],
  [
    "03:15:08",
    "m.kaya",
    fact(
      "helped",
      { change: "m1", verdict: "helped", why: "burn cost per hour $13.4", measurements: [calmBurn] },
      clampStep,
    ),
    fact("step-ended", { outcome: "helped" }, clampStep),
    fact("measured", { measurement: calmBurn }, "cost-spike/burn"),
  ],
];
const back: Change = { ...clamp, id: "m2", before: { is: 512 }, after: { is: 4096 }, version: "191", undoes: "m1" };
export const over: Beat[] = [
  ...proven,
  [
    "03:40:00",
    "m.kaya",
    fact(
      "planned",
      { plan: { ...clampPlan, changes: [back], wider: [], reason: "prompt v14 is back" } },
      "cost-spike/home",
    ),
    fact("intended", { change: back, deadlineMs: 15_000 }, "cost-spike/home"),
    fact("written", { change: "m2", result: { written: true, version: "192" } }, "cost-spike/home"),
    fact("read-back", { change: "m2", value: { is: 4096 }, version: "192", as: "applied" }, "cost-spike/home"),
  ],
  ["03:45:00", "m.kaya", fact("resolved", { note: "burn as usual for half an hour" })],
];

/** Twelve routes clamped by one plan. */
export const twelve: Beat[] = [
  begun[0]!,
  ["03:13:09", "m.kaya", fact("planned", { plan: { ...clampPlan, changes: clamps(), reads: [], wider: [] } })],
  ...clamps().map((change): Beat => [
    "03:13:21",
    "m.kaya",
    fact("intended", { change, deadlineMs: 15_000 }),
    fact("written", { change: change.id, result: { written: true, version: "191" } }),
    fact("read-back", { change: change.id, value: change.after, version: "191", as: "applied" }),
  ]),
];

function clamps(): Change[] {
  return Array.from({ length: 12 }, (_, i) => ({
    ...clamp,
    id: `m${i + 1}`,
    scope: { route: `support.reply-${i + 1}` },
  }));
}

/** What a list read at the levers of all changes: as they say, unless told otherwise. */
export function lives(incidents: readonly Outline[], read?: (placed: Placed, i: number) => Live): Map<Placed, Live> {
  const asMade = ({ tracked }: Placed): Live => ({ value: tracked.change.after, at: at("03:15:09") });
  return new Map(standing(incidents).map((placed, i) => [placed, (read ?? asMade)(placed, i)]));
}
