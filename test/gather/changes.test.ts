import { describe, expect, it } from "vitest";
import type { ChangeLog } from "../../src/changes/change.ts";
import { measure, type MeasureFrom } from "../../src/gather/measure.ts";
import type { Answer, Renamed, Source } from "../../src/sources/source.ts";
import type { Deed } from "../../src/timeline/deed.ts";
import { fakeClock } from "../fake/clock.ts";

const at = Date.parse("2026-11-21T03:12:00Z");
const minute = 60_000;
const day = 24 * 60 * minute;

const good = (...data: Deed[]): Answer<Deed[]> => ({ data, warnings: [], ms: 1 });
const bad = (error: string): Answer<never> => ({ error, ms: 1 });

function log(answer: Answer<Deed[]>, asked: [number, number][] = []): ChangeLog {
  return {
    asks: "git log",
    async changes(from, to) {
      asked.push([from, to]);
      return answer;
    },
    check: async () => ({ ok: true, say: "1 ms", ms: 1 }),
  };
}
const callsSource = (answer: Answer<Renamed[]>) =>
  ({ name: "calls", language: "sql", open: () => ({ renamed: async () => answer }) as unknown as Source }) as const;

function read(logs: Record<string, ChangeLog | (() => ChangeLog)>, more: Partial<MeasureFrom> = {}, source?: string) {
  const from: MeasureFrom = {
    sources: [],
    stackFor: () => undefined,
    objectives: {},
    windowMs: 5 * minute,
    clock: fakeClock(at),
    changes: Object.entries(logs).map(([name, one]) => ({ name, open: typeof one === "function" ? one : () => one })),
    ...more,
  };
  const ask = { ask: { changesMs: day }, ...(source === undefined ? {} : { source }) };
  return measure({ id: "changed", ask, scope: {}, at }, from);
}
const renamed = { model: "gpt-4o", before: "gpt-4o-08", now: "gpt-4o-11", at: at - 5 * minute };

describe("changes", () => {
  it("are one list of all that tell any, newest first, asked for the same time", async () => {
    const asked: [number, number][] = [];
    const measured = await read(
      {
        code: log(
          good({ at: at - 30 * minute, what: "commit", who: "m.kaya" }, { at: at - 90 * minute, what: "older" }),
          asked,
        ),
        flags: log(good({ at: at - 60 * minute, what: "flag on", where: { env: "prod" }, ref: "event 1" }), asked),
      },
      { sources: [callsSource({ data: [renamed], warnings: [], ms: 1 })] },
    );
    expect(measured).toMatchObject({
      label: "changes",
      outcome: "changed",
      verdict: "healthy",
      why: "4 changes in 1d",
      source: "code, flags, calls",
      query: "git log; git log; model_reported by model of calls",
      windowMs: day,
      deedCount: 4,
    });
    expect(measured.deeds).toEqual([
      {
        at: at - 5 * minute,
        what: "gpt-4o reported as gpt-4o-08 → gpt-4o-11",
        where: { model: "gpt-4o" },
        source: "calls",
      },
      { at: at - 30 * minute, what: "commit", who: "m.kaya", source: "code" },
      { at: at - 60 * minute, what: "flag on", where: { env: "prod" }, ref: "event 1", source: "flags" },
      { at: at - 90 * minute, what: "older", source: "code" },
    ]);
    expect(asked).toEqual([
      [at - day, at],
      [at - day, at],
    ]);
  });

  it("are unchanged only where everything that was asked says so", async () => {
    expect(await read({ code: log(good()), flags: log(good()) })).toMatchObject({
      outcome: "unchanged",
      verdict: "healthy",
      deeds: [],
      why: "no change in 1d",
    });
    expect(await read({ code: log(good()), flags: log(bad("flags.test: no answer within 10s")) })).toMatchObject({
      outcome: "no-data",
      verdict: "no-data",
      why: "no change was found in 1d, but not all could be read",
      warnings: ["flags: flags.test: no answer within 10s"],
    });
  });

  it("are no data where only the provider's names were looked at: they say nothing of us", async () => {
    const sources = [callsSource({ data: [], warnings: [], ms: 1 })];
    expect(await read({}, { sources })).toMatchObject({
      outcome: "no-data",
      source: "calls",
      why: "no model was renamed in 1d; nothing here tells what we changed",
    });
    const found = [callsSource({ data: [renamed], warnings: [], ms: 1 })];
    expect(await read({}, { sources: found })).toMatchObject({ outcome: "changed", deedCount: 1 });
    expect(await read({})).toMatchObject({
      outcome: "no-data",
      source: "",
      why: "nothing here tells what was changed",
    });
  });

  it("keep what could be read when somebody cannot be, and are an error when nobody can", async () => {
    const found = good({ at: at - minute, what: "commit" });
    const broken = () => {
      throw new Error("no token\u001b[2J");
    };
    expect(await read({ code: log(found), flags: broken })).toMatchObject({
      outcome: "changed",
      deedCount: 1,
      warnings: ["flags: no token\\u001b[2J"],
    });
    expect(await read({ code: log(bad("git: gone")), flags: broken })).toMatchObject({
      outcome: "error",
      verdict: "error",
      why: "code: git: gone; flags: no token\\u001b[2J",
    });
  });

  it("can be narrowed to one that tells them, and to what providers report", async () => {
    const logs = { code: log(good({ at, what: "commit" })), flags: log(good({ at, what: "flag" })) };
    const sources = [callsSource({ data: [renamed], warnings: [], ms: 1 })];
    expect(await read(logs, { sources }, "flags")).toMatchObject({ source: "flags", deeds: [{ what: "flag" }] });
    expect(await read(logs, { sources }, "reported")).toMatchObject({ source: "calls", deedCount: 1 });
    expect(await read(logs, { sources }, "calls")).toMatchObject({ source: "calls", deedCount: 1 });
    expect(await read(logs, { sources }, "flag")).toMatchObject({
      outcome: "error",
      why: "nothing here tells changes as flag, did you mean flags?",
    });
  });

  it("keep the newest 20 and count all", async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ at: at - i * minute, what: `commit ${i}` }));
    const measured = await read({ code: log(good(...many.toReversed())) });
    expect(measured.deedCount).toBe(300);
    expect(measured.deeds!.map(({ what }) => what)).toEqual(many.slice(0, 20).map(({ what }) => what));
  });

  it("are one harmless line each, without secrets and personal data", async () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    const hostile = {
      at,
      what: `\u001b]0;x\u0007rm -rf\n\u202eevil ${token} for dana@example.com ${"x".repeat(5000)}`,
      who: `\u001b[31m ${token}`,
      where: { route: "a\u0000b" },
      ref: "\u009b2J",
    };
    const { deeds } = await read({ code: log(good(hostile)) });
    const text = JSON.stringify(deeds);
    expect(text).not.toContain(token);
    expect(text).not.toContain("dana@example.com");
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(deeds![0]!.what.length).toBeLessThanOrEqual(200);
    expect(deeds![0]!.what).toContain("\\u202eevil");
  });
});
