import { describe, expect, it } from "vitest";
import type { Context } from "../../src/steps/context.ts";
import { holdAddress } from "../../src/steps/hold.ts";
import type { Spot } from "../../src/steps/spot.ts";
import type { Lease, Taken } from "../../src/timeline/store.ts";
import { fakeClock } from "../fake/clock.ts";

const spot = {
  name: "gateway",
  target: { address: () => "/routes/support.reply" },
  lever: { setting: "max_tokens", settles: 5000 },
  scope: { route: "support.reply" },
} as unknown as Spot;

const taken = (isWorking: boolean): Taken => ({
  heldBy: "writing/a.lock is locked by process 7 on laptop, since 2026-11-21 03:12:04 UTC",
  next: "end it",
  isWorking,
});
const lease: Lease = { isOurs: () => true, release: async () => {} };

interface Waiting {
  /** what is found there, look by look; the last one again and again */
  found: (Lease | Taken)[];
  /** how the waits end; then they elapse */
  idles?: ("elapsed" | "key")[];
  impatient?: true;
}

async function wait({ found, idles = [], impatient }: Waiting) {
  const clock = fakeClock(0);
  const said: string[] = [];
  const context = {
    world: { clock },
    hold: async () => (found.length > 1 ? found.shift()! : found[0]!),
    say: (...lines: string[]) => void said.push(...lines),
    async idle(_: string, ms: number) {
      await clock.sleep(ms);
      return idles.shift() ?? "elapsed";
    },
    ...(impatient && { impatient }),
  } as unknown as Context;
  const end = await holdAddress(spot, context).catch((thrown: unknown) => thrown);
  return { end, said, ms: clock.monotonic() };
}

describe("D08: an address that somebody else changes", () => {
  it("D08: is waited for, and who changes it since when is told once", async () => {
    const { end, said } = await wait({ found: [...Array.from({ length: 300 }, () => taken(true)), lease] });
    expect(end).toBe(lease);
    expect(said).toEqual([
      "  Waiting: somebody else changes gateway /routes/support.reply. writing/a.lock is locked by process 7 on laptop, since 2026-11-21 03:12:04 UTC.",
    ]);
  });

  it("D08: is refused after seconds where its holder is stopped or out of sight", async () => {
    const { end, ms } = await wait({ found: [taken(false)] });
    expect(end).toMatchObject({ code: 5, changed: "no", next: "end it" });
    expect((end as Error).message).toContain("process 7 on laptop, since 2026-11-21 03:12:04 UTC");
    expect(ms).toBeLessThan(6000);
  });

  it("D08: is waited for anew from when its holder was last seen to work", async () => {
    const pauses = (seconds: number, isWorking: boolean) => Array.from({ length: seconds * 5 }, () => taken(isWorking));
    const found = [...pauses(4, false), ...pauses(10, true), ...pauses(4, false), lease];
    expect(await wait({ found })).toMatchObject({ end: lease });
    const { ms } = await wait({ found: [...pauses(10, true), taken(false)] });
    expect([ms > 14_000, ms < 16_000]).toEqual([true, true]);
  });

  it("D08: is given up where a working holder does not come to an end", async () => {
    const { end, ms } = await wait({ found: [taken(true)] });
    expect(end).toMatchObject({ code: 5 });
    expect(ms).toBeGreaterThan(2 * 60_000);
  });

  it("D08: is left by a key", async () => {
    const { end, ms } = await wait({ found: [taken(true)], idles: ["elapsed", "elapsed", "key"] });
    expect(end).toMatchObject({ code: 5, changed: "no" });
    expect(ms).toBe(600);
  });

  it("D08: is left at once by who has no time", async () => {
    expect(await wait({ found: [taken(true)], impatient: true })).toMatchObject({ end: { code: 5 }, said: [], ms: 0 });
  });
});
