import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dialects, token, type Reached, type Served } from "./faultyDialects.ts";
import type { Answer, Fault } from "./faultyProxy.ts";
import type { Turns } from "./faultyTurns.ts";
import { openOnPlace, type OnPlace } from "./onPlace.ts";

interface Case {
  title: string;
  script(served: Served): Turns;
  /** of `llmops mitigate`: 0 read back · 3 certainly not applied · 6 nobody knows */
  code: 0 | 3 | 6;
  /** what the timeline says then, and what stands there */
  says: "applied" | "not-applied" | "in-doubt";
  live: 512 | 4096;
  /** what the timeline says once everything answers again and `watch --once` has looked */
  settled?: "applied" | "not-applied";
}

const evil = "\u001b[31mred\u001b]8;;http://evil.example\u0007 \u202e\u009b2J";
const boom: Answer = { status: 500, body: `{"error":"boom ${token} ${evil}"}`, headers: { "x-token": token } };
/** the reads after the write */
const reads = (answer: (nth: number) => "old" | "cut" | undefined): Turns => {
  return ({ readsAfter }) => {
    const said = readsAfter === 0 ? undefined : answer(readsAfter);
    return said === undefined ? undefined : { answer: said, ...(said === "cut" ? { forward: false } : {}) };
  };
};
/** the write, and the reads after it as another script says */
const write = (fault: Fault, after?: Turns): Turns => {
  return (passing) => (passing.write > 0 ? fault : after?.(passing));
};

const cases: Case[] = [
  {
    title: "F10, F12: landed, and the answer was lost: applied, by read-back",
    script: () => write({ answer: "cut" }),
    code: 0,
    says: "applied",
    live: 512,
  },
  {
    title: "F12: lost on the way: not applied, once it can no longer arrive",
    script: () => write({ forward: false, answer: "cut" }),
    code: 3,
    says: "not-applied",
    live: 4096,
  },
  {
    title: "F08, F26: 500 after it was applied: applied, by read-back",
    script: () => write({ answer: boom }),
    code: 0,
    says: "applied",
    live: 512,
  },
  {
    title: "F08: 408 of what stands before it, after it was applied: applied, by read-back",
    script: () => write({ answer: { status: 408, body: "" } }),
    code: 0,
    says: "applied",
    live: 512,
  },
  {
    title: "F08, K01: 500 before it was applied, with a token and escapes in it: not applied",
    script: () => write({ forward: false, answer: boom }),
    code: 3,
    says: "not-applied",
    live: 4096,
  },
  {
    title: "F01: 200, and nothing changed: not applied",
    script: ({ success }) => write({ forward: false, answer: success }),
    code: 3,
    says: "not-applied",
    live: 4096,
  },
  {
    title: "F02: 200 with a web page, and nothing changed: not applied",
    script: () =>
      write({
        forward: false,
        answer: { status: 200, body: "<html>Sign in", headers: { "content-type": "text/html" } },
      }),
    code: 3,
    says: "not-applied",
    live: 4096,
  },
  {
    title: "F19, F26: refused, with a token and escapes in it: not applied",
    script: () => write({ forward: false, answer: { ...boom, status: 403 } }),
    code: 3,
    says: "not-applied",
    live: 4096,
  },
  {
    title: "a replica that lags: read back until it follows",
    script: () => reads((nth) => (nth <= 6 ? "old" : undefined)),
    code: 0,
    says: "applied",
    live: 512,
  },
  {
    title: "replicas that take turns: applied once one of them says so",
    script: () => reads((nth) => (nth % 4 < 2 ? "old" : undefined)),
    code: 0,
    says: "applied",
    live: 512,
  },
  {
    title: "F12: landed and unanswered, and nothing can be read: in doubt, settled when it can",
    script: () =>
      write(
        { answer: "cut" },
        reads(() => "cut"),
      ),
    code: 6,
    says: "in-doubt",
    live: 512,
    settled: "applied",
  },
  {
    title: "F12: lost on the way, and nothing can be read: in doubt, settled when it can",
    script: () =>
      write(
        { forward: false, answer: "cut" },
        reads(() => "cut"),
      ),
    code: 6,
    says: "in-doubt",
    live: 4096,
    settled: "not-applied",
  },
];

const mitigate = "mitigate token-clamp --scope route=support.reply --reason test --yes --wait none".split(" ");
const undo = "mitigation undo m1 --reason over --yes".split(" ");
const words = (text: string) => text.replaceAll(/\s+/g, " ");

describe.each(dialects)("$name through what fails on the way", ({ name, missing, lacks = {}, start }) => {
  const without = Object.entries(lacks).map(([what, why]) => ` (without ${what}: ${why})`);
  describe.skipIf(missing)(
    `llmops mitigate on ${name}${without.join("")}${missing ? " (skipped: not installed)" : ""}`,
    () => {
      let served: Served;
      let before = "";
      const open: (() => unknown)[] = [];
      beforeAll(async () => {
        served = await start();
        before = await served.state();
      }, 120_000);
      afterAll(() => served?.stop());
      afterEach(async () => {
        for (const close of open.splice(0)) await close();
        // what one case leaves behind must not fail the next
        if ((await served.live()) !== 4096) await served.other(4096);
      });

      async function stage(script: Turns): Promise<{ place: OnPlace; reached: Reached; heal(): void }> {
        let healed = false;
        const reached = await served.reach((passing) => (healed ? undefined : script(passing)));
        const project = {
          targets: { gateway: reached.target },
          defaults: { for: "30m", "token-clamp": { max_tokens: 512 } },
        };
        const place = openOnPlace(project, { CONFIG_TOKEN: token, ...reached.env });
        open.push(() => reached.close(), place.remove);
        return { place, reached, heal: () => void (healed = true) };
      }
      const stateOf = async (place: OnPlace) => {
        const [told] = await place.incidents();
        return told!.incident.changes.map(({ state }) => state);
      };

      it.each(cases.map((one) => [one.title, one] as const))("%s", async (_, { script, code, says, live, settled }) => {
        const { place, reached, heal } = await stage(script(served));
        const ended = await place.llmops(...mitigate);
        expect([ended.code, ended.said]).toEqual([code, ended.said]);
        // I10: once, whatever was answered
        expect(reached.writes()).toBe(1);
        expect(await served.live()).toBe(live);
        expect(await stateOf(place)).toEqual([says]);
        if (code !== 0) expect(words(ended.said)).toContain(`production changed: ${code === 6 ? "unknown" : "no"}`);
        heal();
        if (settled !== undefined) {
          const watched = await place.llmops("watch", "--once");
          expect([watched.code, await stateOf(place)]).toEqual([0, [settled]]);
          expect(await served.live()).toBe(live);
          expect(reached.writes()).toBe(1);
        }
        if ((settled ?? says) === "applied") {
          const undone = await place.llmops(...undo);
          expect([undone.code, undone.said]).toEqual([0, undone.said]);
          expect(reached.writes()).toBe(2);
          expect(await place.llmops("mitigation", "list")).toMatchObject({
            code: 0,
            said: expect.stringContaining("Nothing is changed") as string,
          });
        }
        // I12: every byte is back, or never moved
        expect(await served.state()).toBe(before);
        const told = await place.incidents();
        for (const text of [place.world.terminal.screen, place.world.terminal.output, ...told.map((one) => one.text)]) {
          expect(text).not.toContain(token);
          // oxlint-disable-next-line no-control-regex
          expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
        }
      });

      it.each([
        ["F12: an undo that landed, and whose answer was lost", { answer: "cut" }, 4096],
        ["F08: an undo that was answered 500", { answer: boom }, 4096],
      ] as const)("%s is over, by read-back, and is not sent again", async (_, fault, live) => {
        const { place, reached } = await stage(({ write: nth }) => (nth === 2 ? fault : undefined));
        expect((await place.llmops(...mitigate)).code).toBe(0);
        const undone = await place.llmops(...undo);
        expect([undone.code, undone.said]).toEqual([0, undone.said]);
        expect(reached.writes()).toBe(2);
        expect(await served.live()).toBe(live);
        expect(await served.state()).toBe(before);
      });

      it("F12: an undo that was lost on the way leaves the change live, and says so; the next one restores", async () => {
        const lost: Fault = { forward: false, answer: "cut" };
        const { place, reached } = await stage(({ write: nth }) => (nth === 2 ? lost : undefined));
        expect((await place.llmops(...mitigate)).code).toBe(0);
        expect((await place.llmops(...undo)).code).toBe(3);
        expect(await served.live()).toBe(512);
        expect((await place.llmops("mitigation", "list")).said).toContain("max_tokens");
        expect((await place.llmops(...undo)).code).toBe(0);
        expect(reached.writes()).toBe(3);
        expect(await served.state()).toBe(before);
      });

      it("F01: a replica that never follows looks like a change that was not made, and is called so; what follows later is no new change", async () => {
        const { place, reached, heal } = await stage(reads(() => "old"));
        expect((await place.llmops(...mitigate)).code).toBe(3);
        expect(await stateOf(place)).toEqual(["not-applied"]);
        heal();
        const again = await place.llmops(...mitigate);
        expect([again.code, words(again.said)]).toEqual([0, expect.stringContaining("Already so")]);
        expect(reached.writes()).toBe(1);
      });

      const race = "D03, F05: a compare-and-set that is lost to somebody else is a conflict, and his value stays";
      it.each([race].filter(() => lacks["a lost compare-and-set"] === undefined))("%s", async () => {
        const { place, reached } = await stage(async ({ write: nth }) => {
          if (nth === 1) await served.other(1000);
          return undefined;
        });
        const ended = await place.llmops(...mitigate);
        expect([ended.code, words(ended.said)]).toEqual([5, expect.stringContaining("live is 1000")]);
        expect(await served.live()).toBe(1000);
        expect(reached.writes()).toBe(1);
        expect(await stateOf(place)).toEqual(["not-applied"]);
      });
    },
  );
});
