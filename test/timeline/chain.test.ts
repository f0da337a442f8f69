import { describe, expect, it } from "vitest";
import { headOf, stamp, start } from "../../src/timeline/chain.ts";
import { fact, type Event } from "../../src/timeline/event.ts";
import { verifyChain } from "./verify.ts";

const author = { by: "dana", host: "box" };
const notes = (...texts: string[]) => texts.map((text) => fact("noted", { text }));

function chain(): Event[] {
  const first = stamp(notes("one", "two"), "INC-1121-abcd", start, 1000, author);
  return [...first, ...stamp(notes("three"), "INC-1121-abcd", headOf(first), 900, author)];
}

describe("the chain of a timeline", () => {
  it("numbers events without gaps and goes on behind the head", () => {
    expect(chain().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(verifyChain(chain())).toBeUndefined();
  });

  it("survives being written and read as JSON, whatever the keys and numbers", () => {
    const odd = fact("alert", {
      name: "A",
      status: "firing",
      labels: { b: "1", "10": "x", "2": "y", __proto__x: "z" },
      annotations: { "": "\u2028\ud800" },
      startsAt: 1e21,
    });
    const events = stamp([odd], "INC-1121-abcd", start, 1, author);
    const read = events.map((e) => JSON.parse(JSON.stringify(e)) as Event);
    expect(verifyChain(read)).toBeUndefined();
  });

  it("names the record whose content was changed", () => {
    const events = chain();
    (events[1]!.payload as { text: string }).text = "twa";
    expect(verifyChain(events)?.seq).toBe(2);
  });

  it.each([
    ["removed", (e: Event[]) => [e[0]!, e[2]!], 2],
    ["swapped", (e: Event[]) => [e[1]!, e[0]!, e[2]!], 1],
    ["repeated", (e: Event[]) => [e[0]!, e[0]!, e[1]!], 1],
    ["said to be by another", (e: Event[]) => [{ ...e[0]!, by: "mallory" }, e[1]!, e[2]!], 1],
  ])("notices a record that was %s", (_, spoil, seq) => {
    expect(verifyChain(spoil(chain()))?.seq).toBe(seq);
  });

  it("cannot notice that the tail was cut: that needs the head kept elsewhere", () => {
    expect(verifyChain(chain().slice(0, 2))).toBeUndefined();
    expect(headOf(chain().slice(0, 2))).not.toEqual(headOf(chain()));
  });

  it("still verifies when the content of an erased record is gone", () => {
    const events = chain();
    const erased = stamp([fact("erased", { seq: 2, reason: "privacy" })], "INC-1121-abcd", headOf(events), 5, author);
    (events[1] as { payload: unknown }).payload = null;
    expect(verifyChain([...events, ...erased])).toBeUndefined();
    expect(verifyChain(events)?.seq).toBe(2);
  });
});
