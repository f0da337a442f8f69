import type { IncidentClass, Severity } from "../timeline/event.ts";

/** What a new runbook is told of itself. */
export interface Draft {
  id: string;
  title: string;
  class: IncidentClass;
  severity: Severity;
  summary: string;
  alerts: string[];
  owner: string;
  /** the first says whether it is over */
  signals: [string, ...string[]];
  /** ISO date */
  today: string;
}

/** What differs by class; the rest of the walk is the same for all. */
interface Skeleton {
  signal: string;
  severity: Severity;
  calls: string;
  /** tried one after the other */
  changes: (keyof typeof changes)[];
  /** whom to call when none of them helped */
  level: number;
  fix: string;
  followUp: string;
}

const changes = {
  clamp: { title: "Clamp output tokens", do: "token-clamp", for: "30m" },
  swap: { title: "Switch to another model that is known to be good", do: "model-switch", for: "2h" },
  stop: { title: "Turn the route off", do: "kill-switch", for: "1h" },
} as const;

export const skeletons: Record<IncidentClass, Skeleton> = {
  availability: {
    signal: "error_rate",
    severity: "SEV2",
    calls: "failed",
    changes: ["swap", "stop"],
    level: 2,
    fix: "Take back the change that began it, or ask the provider with request ids and times.",
    followUp: "Try the switch to another provider before it is needed",
  },
  latency: {
    signal: "latency_p95",
    severity: "SEV2",
    calls: "slow",
    changes: ["clamp", "swap", "stop"],
    level: 2,
    fix: "Take back the change that began it, or ask the provider with request ids and times.",
    followUp: "Give every route a timeout and a cap on tokens",
  },
  quality: {
    signal: "hallucination_rate",
    severity: "SEV2",
    calls: "flagged",
    changes: ["swap", "stop"],
    level: 2,
    fix: "Take back the prompt, index or flag that began it, or pin the last good model version.",
    followUp: "Add the sampled failures to the evaluation set",
  },
  safety: {
    signal: "guardrail_violation_rate",
    severity: "SEV1",
    calls: "flagged",
    changes: ["stop"],
    level: 3,
    fix: "Close the way it came in by: a stricter filter, the last good model version. See what users get as a fallback.",
    followUp: "Add the attacks to the red-team set that runs before every release",
  },
  cost: {
    signal: "cost_per_hour",
    severity: "SEV2",
    calls: "expensive",
    changes: ["clamp", "swap", "stop"],
    level: 2,
    fix: "Take back the prompt, model, cache or agent change that began it.",
    followUp: "Give every route a token cap and a budget alert",
  },
};

/** A whole runbook that the linter has nothing to say about; what a person is to fill in stands behind "#". */
export function newRunbook(draft: Draft): string {
  const skeleton = skeletons[draft.class];
  const [main, ...more] = draft.signals;
  return `id: ${draft.id}
title: ${quoted(draft.title)}
class: ${draft.class}
severity: ${draft.severity}
summary: ${quoted(draft.summary)}
alerts: [${draft.alerts.map(quoted).join(", ")}]
scope: [route, tenant]
owner: ${quoted(draft.owner)}
reviewed: ${draft.today}

evidence:
  main: ${main}  # it is over when this is healthy
${more.map((signal) => `  ${signal}: ${signal}\n`).join("")}${draft.signals.includes("flagged_rate") ? "" : "  flagged: flagged_rate\n"}  routes: { signal: ${main}, by: route }
  tenants: { signal: ${main}, by: tenant }
  tiers: { signal: ${main}, by: tier }
  models: { signal: ${main}, by: model }
  changed: { changes: 24h }

steps:
${draft.class === "safety" ? level2 : ""}  - id: cause
    title: What is it?
    ask:
      question: What is the likeliest cause?
      choices:  # yours, in the words of whoever is on call
        change: Something of ours changed (prompt, flag, deployment)
        model: A model or its provider
        use: How it is used (one tenant, a loop, more calls)
        nothing: Nothing; the alert was wrong
      hint:
        nothing: { main: healthy }
        model: { models: concentrated }
        use: { tenants: concentrated }
        change: { changed: changed }
  - id: false-alarm
    title: A wrong alert
    when: { cause: nothing }
    instruct: Note what the alert compared with what, and tell its owner.
  - id: where
    title: Which route?
    when: { cause: [change, model, use] }
    ask: { question: Which route is it?, pick: routes }

  # stop the bleeding
${stopping(skeleton)}
  - id: help
    title: Nothing stopped it
    when: { ${skeleton.changes.at(-1)}: ${failed} }
    escalate: { level: ${skeleton.level} }
  - id: samples
    title: What do the calls say?
    when: { cause: [change, model, use] }
    logs: { of: ${skeleton.calls}, sample: 10 }

  # the targeted fix
  - id: fix
    title: Mend the cause
    when: { cause: [change, model, use] }
    instruct: >-  # say where: the dashboard, the pipeline, the person
      ${skeleton.fix}
      Done means it is live.

  # verify, communicate, undo
  - id: calm
    title: Is it over?
    when: { cause: [change, model, use] }
    wait: { until: { main: healthy }, within: 30m }
  - id: higher
    title: Not over
    when: { calm: timed-out }
    escalate: { level: ${skeleton.level} }
  - id: tell
    title: Tell those affected
    when: { cause: [change, model, use] }
    notify: { to: tenants }
  - id: home
    title: Back to normal
    when: { calm: reached, fix: done }
    undo: [${skeleton.changes.toReversed().join(", ")}]
  - id: stays
    title: Does it stay so?
    when: { home: undone }
    wait: { until: { main: healthy }, within: 15m }
  - id: relapse
    title: It came back
    when: { stays: timed-out }
    instruct: Take the changes again (m) and leave them until the cause is mended. The walk can be resumed at any time.

follow_ups:
  - ${skeleton.followUp}
  - Say in the postmortem what this runbook lacked, and write it in
`;
}

const failed = "[not-enough, no-effect, unproven, not-offered, declined, failed]";

const level2 = `  - id: level
    title: Safety starts at level 2
    escalate: { level: 2 }
`;

function stopping({ changes: ids }: Skeleton): string {
  const steps = ids.map((id, index) => {
    const { title, do: kind, for: long } = changes[id];
    const before = ids[index - 1];
    const when = before === undefined ? "cause: [change, model, use]" : `${before}: ${failed}`;
    return `  - id: ${id}
    title: ${title}
    when: { ${when} }
    mitigate: { do: ${kind}, for: ${long}, verify: { main: healthy }, within: 10m }`;
  });
  return steps.join("\n");
}

/** Any text as YAML: as it is where it is plain words, else in quotes. */
function quoted(text: string): string {
  return /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[A-Za-z](?:[\w .()/-]*[\w.)])?$/i.test(text)
    ? text
    : JSON.stringify(text);
}
