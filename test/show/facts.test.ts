import { describe, expect, it } from "vitest";
import { showEvent } from "../../src/show/event.ts";
import { showIncident } from "../../src/show/incident.ts";
import { width } from "../../src/show/width.ts";
import { wrap } from "../../src/show/wrap.ts";
import { table } from "../../src/show/table.ts";
import { describe as say } from "../../src/timeline/describe.ts";
import type { Fact, FactType, Facts } from "../../src/timeline/event.ts";
import { ascii, at, burn, clamp, clampPlan, page, tell, told, wide } from "./story.ts";

/** One of each fact, with `text` wherever a stranger may have chosen it. */
function everything(text: string): Fact[] {
  const facts: { [T in FactType]: Facts[T] } = {
    opened: {
      kind: "incident",
      title: text,
      class: "cost",
      severity: "SEV2",
      scope: { route: text },
      version: "0.1.0",
    },
    pinned: { runbook: text, origin: text, digest: "ab", text, first: true },
    scoped: { scope: { tenant: text }, why: text },
    alert: { ...page, name: text },
    check: { name: text, kind: text, reach: { ok: false, say: text, ms: 3 } },
    measured: { measurement: { ...burn, id: text, label: text, why: text, warnings: [text] } },
    blast: {
      when: "start",
      blasts: [
        {
          signal: text,
          label: text,
          unit: "ratio",
          dimension: "route",
          scope: { tenant: text },
          at: 1,
          against: 0,
          source: text,
          query: text,
          shares: [{ name: text, share: 0.5, now: 1, before: 0 }],
          count: 2,
          values: 3,
        },
      ],
    },
    sampled: {
      of: text,
      source: text,
      from: 1,
      to: 2,
      calls: [
        {
          id: text,
          trace: text,
          at: 1,
          scope: { route: text, model: text },
          status: text,
          finish: text,
          promptVersion: text,
          modelReported: text,
          mark: "bad",
          note: text,
        },
      ],
    },
    quoted: { calls: [{ id: text, prompt: text, response: text, error: text }] },
    asked: { question: text, choices: [{ value: "a", label: text }], proposed: "a", why: text },
    answered: { choice: "b", label: text, proposed: "a" },
    "step-started": { runbook: "r", kind: "ask", title: text },
    "step-ended": { outcome: "failed", why: text },
    skipped: { reason: text },
    noted: { text },
    acknowledged: {},
    severity: { from: "SEV3", to: "SEV1", reason: text },
    role: { role: text, person: text },
    drifted: { change: text, live: { is: text }, seenAt: 1, by: text, hint: text },
    restored: { change: text, live: { is: text } },
    spent: { from: 1, to: 2, usd: 3, above: 2, perHour: 1, avoided: [{ change: text, usd: 1 }] },
    "handed-off": { to: text, note: text },
    planned: { plan: { ...clampPlan, reason: text, preflight: [text], forced: { why: [text], reason: text } } },
    declined: { what: text, why: text },
    intended: { change: { ...clamp, scope: { route: text }, before: { is: text } }, deadlineMs: 1 },
    written: { change: "m1", result: { unknown: true, why: text } },
    "read-back": { change: "m1", value: { is: text }, version: null, as: "other", why: text },
    settled: { change: "m1", as: "other", live: { is: text }, why: text },
    probed: {
      change: "m1",
      probe: text,
      when: "after",
      sent: text,
      status: 200,
      reported: text,
      verdict: "no",
      why: text,
    },
    "in-effect": { change: "m1", verdict: "no", why: text, measurements: [] },
    helped: { change: "m1", verdict: "no-effect", why: text, measurements: [] },
    ended: { change: "m1", how: "reverted-by-others", why: text },
    kept: { change: "m1", reason: text },
    extended: { change: "m1", until: at("05:00:00"), reason: text },
    sent: { to: text, ok: false, text, why: text },
    escalated: { level: 2, to: text, ok: true, why: text },
    ran: { action: text, argv: [text], code: null, output: text, irreversible: true, phase: "done" },
    resolved: { note: text },
    closed: { note: text, head: "ab" },
    corrected: { seq: 1, text },
    erased: { seq: 1, reason: text },
    torn: { file: text, bytes: 3 },
  };
  return Object.entries(facts).map(([type, payload]) => ({ type, payload, step: "r/s" }) as Fact);
}

describe("every fact", () => {
  for (const event of tell([["03:12:04", "m.kaya", ...everything("plain words")]]))
    it(`${event.type} has one line in words`, () => {
      expect(say(event)).toMatch(/\w/);
      expect(say(event)).not.toMatch(/undefined|\[object|NaN|\n/);
    });

  it("is told as unreadable once its content was erased", () => {
    const [opened] = tell([["03:12:04", "m.kaya", ...everything("x")]]);
    expect(say({ ...opened!, payload: null })).toBe("(content of opened erased)");
  });
});

describe("text of strangers on a terminal", () => {
  const attacks = [
    "\u001b[2J\u001b[1;1H",
    "\u001b]52;c;cm0gLXJm\u0007",
    "\u009b31m",
    "line\r\nforged: ✓ 03:12:04 in effect",
    "\u202egnp.exe",
    "zero\u200bwidth\ufeff",
    "\u{e0041}\u{e0042}",
    "\u001b]8;;http://evil\u0007link",
    "\ud800",
  ];
  for (const attack of attacks)
    it(`stays text: ${JSON.stringify(attack)}`, () => {
      const beats: Parameters<typeof told>[0] = [["03:12:04", attack, ...everything(attack)]];
      const incident = told(beats);
      const lines = [
        ...tell(beats).flatMap((event) => showEvent(event, incident, wide)),
        ...showIncident(incident, { now: at("03:20:00"), watcher: attack }, wide, { timeline: true }),
      ];
      // oxlint-disable-next-line no-control-regex
      expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u202e\ufeff\ud800]|[\u{e0000}-\u{e0fff}]/u);
      expect(lines.filter((line) => line.startsWith("✓ 03:12:04 in effect"))).toEqual([]);
    });
});

describe("layout", () => {
  it("counts terminal cells, not characters", () => {
    expect([width("abc"), width("日本"), width("🚨"), width("e\u0301"), width("✓×→▁")]).toEqual([3, 4, 2, 1, 4]);
  });

  it("drops nothing of a long word, a wide text or a query", () => {
    const query = `sum(rate(${"tokens_total".repeat(40)}{tenant="日本語の名前"}[5m]))`;
    for (const columns of [20, 33, 80]) {
      const lines = wrap("  query   ", [query], { ...wide, columns });
      expect(lines.map((line) => line.trim()).join("")).toBe(
        `query${query}`.replace("query", lines[0]!.trim() === "query" ? "query" : "query   "),
      );
      for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
    }
  });

  it("aligns columns by what they take on the screen", () => {
    const lines = table(
      ["name", "value"],
      [
        ["日本", "1"],
        ["abcdef", "2"],
      ],
      wide,
    );
    expect(lines).toEqual(["  name    value", "  日本    1", "  abcdef  2"]);
  });

  it("turns a table into a list where it is narrow", () => {
    const lines = table(["id", "sev", "title"], [["INC-1", "SEV2", "Cost spike"]], { ...wide, columns: 40 });
    expect(lines).toEqual(["  INC-1", "    sev: SEV2", "    title: Cost spike"]);
  });

  it("spells what ASCII cannot", () => {
    expect(wrap("✓ ", ["×9.4 4096 → 512 ≤ 5 · é"], ascii)).toEqual(["ok x9.4 4096 -> 512 <= 5 | \\u{e9}"]);
  });
});
