import { describe, expect, it } from "vitest";
import { due } from "../../src/due.ts";
import { fact } from "../../src/timeline/event.ts";
import { applied, clamp, minute, noon, opened, planFor, told } from "./told.ts";

const ends = (how: "undo" | "remind") => ({ ends: { at: noon + 30 * minute, how, by: "by hand" } });
const helped = (change: string) => fact("helped", { change, verdict: "helped", why: "", measurements: [] });

describe("what is due", () => {
  const what = (facts: Parameters<typeof told>[0], at: number) =>
    due([told([opened, ...facts])], at).map((d) => d.what);

  it("is the verdict while a change settles, and nothing once it is known", () => {
    expect(what(applied(clamp()), noon + 5 * minute)).toEqual(["verdict"]);
    expect(what([...applied(clamp()), helped("m1")], noon + 5 * minute)).toEqual([]);
  });

  it("is the end at its time and not before", () => {
    const facts = [...applied(clamp(), ends("undo")), helped("m1")];
    expect(what(facts, noon + 30 * minute - 1)).toEqual([]);
    expect(what(facts, noon + 30 * minute)).toEqual(["undo"]);
    expect(what([...applied(clamp(), ends("remind")), helped("m1")], noon + 31 * minute)).toEqual(["remind"]);
  });

  it("is nothing for what was kept, undone or never written", () => {
    const kept = fact("kept", { change: "m1", reason: "" });
    expect(what([...applied(clamp(), ends("undo")), helped("m1"), kept], noon + 99 * minute)).toEqual([]);
    const undo = clamp({ id: "m2", before: { is: 512 }, after: { is: 4096 }, undoes: "m1" });
    expect(what([...applied(clamp(), ends("undo")), ...applied(undo)], noon + 99 * minute)).toEqual([]);
  });

  it("is to settle what is in doubt", () => {
    const doubt = [fact("planned", { plan: planFor(clamp()) }), fact("intended", { change: clamp(), deadlineMs: 1 })];
    expect(what(doubt, noon)).toEqual(["doubt"]);
  });

  it("comes last change first, so that a stack is taken down from its top", () => {
    const second = clamp({ id: "m2", before: { is: 512 }, after: { is: 256 } });
    const facts = [...applied(clamp(), ends("undo")), helped("m1"), ...applied(second, ends("undo")), helped("m2")];
    expect(due([told([opened, ...facts])], noon + 99 * minute).map((d) => d.tracked.change.id)).toEqual(["m2", "m1"]);
  });
});
