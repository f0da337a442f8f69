import { describe, expect, it } from "vitest";
import { fastClock, realClock, type Clock } from "../../src/world/clock.ts";
import { realRandom } from "../../src/world/random.ts";

describe("the real clock", () => {
  it("sleeps at least as long as asked", async () => {
    const began = realClock.monotonic();
    await realClock.sleep(20);
    expect(realClock.monotonic() - began).toBeGreaterThanOrEqual(19);
  });

  it("is woken by a signal, with its reason, before and while it sleeps", async () => {
    const stop = new AbortController();
    const asleep = realClock.sleep(60_000, stop.signal);
    stop.abort(new Error("enough"));
    await expect(asleep).rejects.toThrow("enough");
    await expect(realClock.sleep(60_000, stop.signal)).rejects.toThrow("enough");
  });

  it("does not take a very long sleep for none", async () => {
    const stop = new AbortController();
    const asleep = realClock.sleep(2 ** 32, stop.signal).then(() => "woken");
    const first = await Promise.race([asleep, realClock.sleep(20).then(() => "still asleep")]);
    stop.abort(new Error("enough"));
    await asleep.catch(() => {});
    expect(first).toBe("still asleep");
  });
});

describe("a fast clock", () => {
  it("starts now and runs as many times as fast, also asleep", async () => {
    let passed = 0;
    const asleep: number[] = [];
    const slow: Clock = {
      now: () => 1000 + passed,
      offset: () => 60,
      speed: 1,
      monotonic: () => 7 + passed,
      steady: () => ({ since: "", ms: passed }),
      sleep: async (ms) => void asleep.push(ms),
    };
    const fast = fastClock(slow, 60);
    expect([fast.now(), fast.monotonic(), fast.offset(), fast.speed]).toEqual([1000, 0, 60, 60]);
    passed = 500;
    expect([fast.now(), fast.monotonic()]).toEqual([31_000, 30_000]);
    await fast.sleep(60_000);
    expect(asleep).toEqual([1000]);
  });
});

describe("random ids", () => {
  it("have the asked length, a small alphabet, all of it, and do not repeat", () => {
    const ids = Array.from({ length: 500 }, () => realRandom.id(12));
    expect(ids.every((id) => /^[a-z2-7]{12}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(500);
    expect(new Set(ids.join("")).size).toBe(32);
  });
});
