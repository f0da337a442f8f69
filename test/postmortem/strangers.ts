import { fact } from "../../src/timeline/event.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { SampledCall } from "../../src/timeline/sample.ts";
import { clamp, page, reading, told } from "../show/story.ts";

/** The story in which a stranger chose every text that can be chosen; each is asked for when it is needed. */
export function strangers(say: () => string): Incident {
  const renamed = reading("burn", say(), {
    unit: "usd/h",
    value: 99,
    verdict: "unhealthy",
    outcome: "unhealthy",
    why: say(),
    query: say(),
    source: say(),
    warnings: [say()],
  });
  const split = reading("routes", say(), {
    by: "route",
    parts: [{ name: say(), value: 3, share: 0.9 }],
    partCount: 2,
    outcome: "concentrated",
  });
  const failed = reading("calls", say(), { verdict: "error", outcome: "error", why: say() });
  const change = {
    ...clamp,
    before: { is: say() },
    after: { is: `${say()}!` },
    scope: { route: say() },
    target: say(),
  };
  const plan = {
    changes: [change],
    reads: [],
    wider: [{ dimension: "tenant", lever: say() } as const],
    effects: [],
    withinMs: 1,
    reason: say(),
  };
  const ran = { action: say(), argv: [say(), say()], irreversible: false };
  return told([
    [
      "03:12:04",
      say(),
      fact("opened", {
        kind: "incident",
        title: say(),
        class: "cost",
        severity: "SEV2",
        scope: { route: say() },
        version: "0.1.0",
      }),
      fact("alert", { ...page, name: say(), labels: { [say()]: say() }, annotations: { summary: say() } }),
      fact("check", { name: say(), kind: "http", reach: { ok: false, say: say(), ms: 1 } }),
      fact("measured", { measurement: renamed }, "x/burn"),
      fact("measured", { measurement: split }, "x/routes"),
      fact("measured", { measurement: failed }, "x/calls"),
      fact("asked", { question: say(), choices: [{ value: "a", label: say() }], proposed: "a", why: say() }, "x/ask"),
      fact("answered", { choice: "b", label: say(), proposed: "a" }, "x/ask"),
      fact("skipped", { reason: say() }, "x/ask"),
      fact("planned", { plan }, "x/do"),
      fact("intended", { change, deadlineMs: 1 }, "x/do"),
      fact("written", { change: "m1", result: { unknown: true, why: say() } }, "x/do"),
      fact("declined", { what: say(), why: say() }),
      fact("noted", { text: say() }),
      fact("severity", { from: "SEV2", to: "SEV1", reason: say() }),
      fact("role", { person: say(), role: say() }),
      fact("handed-off", { to: say(), note: say() }),
      fact("sampled", { of: say(), source: say(), from: 1, to: 2, calls: [strange(say)] }),
      fact("quoted", { calls: [{ id: say(), prompt: say(), response: say(), error: say() }] }),
      fact("sent", { to: say(), ok: false, text: say(), why: say() }),
      fact("sent", { to: say(), ok: true, text: say() }),
      fact("escalated", { level: 2, to: say(), ok: false, why: say() }),
      fact("ran", { ...ran, code: null, output: "", phase: "intended" }),
      fact("ran", { ...ran, code: 1, output: say(), phase: "done" }),
      fact("corrected", { seq: 1, text: say() }),
      fact("erased", { seq: 999, reason: say() }),
      fact("torn", { file: say(), bytes: 3 }),
      fact("step-started", { runbook: "x", kind: "instruct", title: say() }, "x/open"),
      fact("resolved", { note: say() }),
      fact("closed", { note: say(), head: "ab12" }),
    ],
  ]);
}

function strange(say: () => string): SampledCall {
  const names = { trace: say(), status: say(), finish: say(), promptVersion: say(), modelReported: say() };
  return { id: say(), at: 1, scope: { route: say(), model: say() }, ...names, mark: "bad", note: say() };
}
