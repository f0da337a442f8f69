import { describe, expect, it } from "vitest";
import { fact } from "../../src/timeline/event.ts";
import {
  changeAbove,
  changesInDoubt,
  liveChanges,
  nextChangeId,
  restoredBy,
  settlingChanges,
} from "../../src/timeline/changes.ts";
import { applied, clamp, minute, noon, opened, planFor, told } from "./told.ts";

describe("the fold of a change", () => {
  const states = (facts: Parameters<typeof told>[0]) => told([opened, ...facts]).changes.map(({ state }) => state);
  const [planned, intended, written, readBack] = applied(clamp());

  it("is nothing while it is only planned", () => {
    expect(states([planned!])).toEqual([]);
  });

  it("is in doubt from its intent on, until it was read back", () => {
    expect(states([planned!, intended!])).toEqual(["in-doubt"]);
    expect(states([planned!, intended!, written!])).toEqual(["in-doubt"]);
    expect(states([planned!, intended!, written!, readBack!])).toEqual(["applied"]);
  });

  it.each([
    [
      "a conflict",
      fact("written", { change: "m1", result: { conflict: true, live: { is: 1 }, why: "412" } }),
      "not-applied",
    ],
    ["a refusal", fact("written", { change: "m1", result: { refused: true, why: "401" } }), "not-applied"],
    ["no answer", fact("written", { change: "m1", result: { unknown: true, why: "timed out" } }), "in-doubt"],
  ])("after %s", (_, said, state) => {
    expect(states([planned!, intended!, said])).toEqual([state]);
  });

  it("says not applied when a 200 changed nothing", () => {
    const lie = fact("read-back", { change: "m1", value: { is: 4096 }, version: null, as: "not-applied" });
    expect(states([planned!, intended!, written!, lie])).toEqual(["not-applied"]);
  });

  it("stays in doubt when it cannot be read back, until somebody settles it", () => {
    const blind = fact("read-back", { change: "m1", value: null, version: null, as: "unreadable" });
    const facts = [planned!, intended!, written!, blind];
    expect(states(facts)).toEqual(["in-doubt"]);
    expect(changesInDoubt(told([opened, ...facts]))).toHaveLength(1);
    const settle = (as: "applied" | "not-applied" | "other") =>
      fact("settled", { change: "m1", as, live: { is: 1 }, why: "" });
    expect(states([...facts, settle("applied")])).toEqual(["applied"]);
    expect(states([...facts, settle("not-applied")])).toEqual(["not-applied"]);
    expect(states([...facts, settle("other")])).toEqual(["ended"]);
  });

  it("ends with the undo that was read back, and the undo is nothing live itself", () => {
    const undo = clamp({ id: "m2", mitigation: "undo", before: { is: 512 }, after: { is: 4096 }, undoes: "m1" });
    const incident = told([opened, ...applied(clamp()), ...applied(undo)]);
    expect(incident.changes.map(({ state }) => state)).toEqual(["ended", "ended"]);
    expect(incident.changes[0]!.ended?.how).toBe("undone");
    expect(liveChanges(incident)).toEqual([]);
  });

  it("knows the first moment at which production was changed", () => {
    expect(told([opened, ...applied(clamp())]).mitigatedAt).toBe(noon + 4 * minute);
    expect(told([opened, planned!, intended!]).mitigatedAt).toBeUndefined();
  });

  it("has its end from the plan, later from whoever extended or kept it", () => {
    const ends = { at: noon + 30 * minute, how: "undo" as const, by: "by hand" };
    const facts = [opened, ...applied(clamp(), { ends })];
    expect(told(facts).changes[0]!.endsAt).toBe(ends.at);
    const later = fact("extended", { change: "m1", until: noon + 60 * minute, reason: "more" });
    expect(told([...facts, later]).changes[0]!.endsAt).toBe(noon + 60 * minute);
    expect(told([...facts, fact("kept", { change: "m1", reason: "new cap" })]).changes[0]!.endsAt).toBeUndefined();
  });

  it("settles until its verdict is recorded", () => {
    const facts = [opened, ...applied(clamp())];
    expect(settlingChanges(told(facts))).toHaveLength(1);
    const helped = fact("helped", { change: "m1", verdict: "helped", why: "", measurements: [] });
    expect(settlingChanges(told([...facts, helped]))).toEqual([]);
  });

  it("never uses an id twice, not even of a plan that was declined", () => {
    expect(nextChangeId(told([opened]))).toBe("m1");
    expect(nextChangeId(told([opened, planned!, fact("declined", { what: "", why: "" })]))).toBe("m2");
    expect(
      nextChangeId(told([opened, fact("planned", { plan: planFor(clamp()) }), ...applied(clamp({ id: "m2" }))])),
    ).toBe("m3");
  });
});

describe("several changes on one lever", () => {
  const first = clamp();
  const second = clamp({ id: "m1", before: { is: 512 }, after: { is: 256 } });
  const one = told([opened, ...applied(first)], { id: "INC-1121-aaaa" });
  const two = told([opened, ...applied(second)], { id: "INC-1121-bbbb", at: noon + 60 * minute });

  it("knows what lies above a change, in whichever incident", () => {
    expect(changeAbove({ incident: one, tracked: one.changes[0]! }, [one, two])?.incident.id).toBe(two.id);
    expect(changeAbove({ incident: two, tracked: two.changes[0]! }, [one, two])).toBeUndefined();
  });

  it("restores what the lower one found once that has ended beneath", () => {
    const upper = { incident: two, tracked: two.changes[0]! };
    expect(restoredBy(upper, [one, two])).toEqual({ is: 512 });
    const superseded = fact("ended", { change: "m1", how: "superseded", why: "" });
    const ended = (at: number) => {
      const incident = told([opened, ...applied(first), superseded], { id: one.id });
      incident.changes[0]!.ended!.at = at;
      return incident;
    };
    expect(restoredBy(upper, [ended(noon + 90 * minute), two])).toEqual({ is: 4096 });
    // what ended before the upper one began was no longer beneath it
    expect(restoredBy(upper, [ended(noon + 30 * minute), two])).toEqual({ is: 512 });
  });

  it("tells levers of other routes, settings and targets apart", () => {
    for (const other of [{ scope: { route: "x" } }, { setting: "model" as const }, { target: "flags" }]) {
      const elsewhere = told([opened, ...applied(clamp(other))], { id: "INC-1121-cccc", at: noon + 90 * minute });
      expect(changeAbove({ incident: one, tracked: one.changes[0]! }, [one, elsewhere])).toBeUndefined();
    }
  });
});

describe("the fold of an incident", () => {
  it("keeps the first moment of what happens once", () => {
    const incident = told([opened, fact("acknowledged", {}), fact("acknowledged", {}), fact("resolved", { note: "" })]);
    expect(incident.acknowledgedAt).toBe(noon + minute);
    expect(incident.state).toBe("resolved");
  });

  it("keeps the first and the latest reading of each evidence, and its latest outcome", () => {
    const reading = (outcome: "healthy" | "unhealthy") =>
      fact(
        "measured",
        {
          measurement: {
            id: "burn",
            label: "",
            query: "",
            source: "",
            scope: {},
            windowMs: 1,
            at: 0,
            unit: "usd/h",
            outcome,
            verdict: outcome,
            why: "",
            healthy: "",
            tookMs: 1,
          },
        },
        "cost-spike/burn",
      );
    const incident = told([opened, reading("unhealthy"), reading("unhealthy"), reading("healthy")]);
    expect(incident.outcomes.get("cost-spike/burn")).toBe("healthy");
    const { first, last } = incident.measurements.get("cost-spike/burn")!;
    expect([first.outcome, last.outcome]).toEqual(["unhealthy", "healthy"]);
  });

  it("takes the latest answer, and an outcome said again replaces the one before", () => {
    const answer = (choice: string) => fact("answered", { choice, label: choice }, "r/cause");
    const ended = (outcome: string) => fact("step-ended", { outcome }, "r/cause");
    const incident = told([opened, answer("a"), ended("a"), answer("b"), ended("b")]);
    expect(incident.answers.get("r/cause")?.choice).toBe("b");
    expect(incident.outcomes.get("r/cause")).toBe("b");
  });
});
