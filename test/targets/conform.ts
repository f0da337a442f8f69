import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Json, Value } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";

/**
 * A target on a server that is really there (or replayed strictly), with these levers: `max_tokens` of a route, which
 * exists with 4096; `model`, which exists with "gpt-4o"; `enabled`, which exists with true; `timeout_ms`, which is absent
 * and may be created; `rpm_limit`, which is absent and may not. What stands beside them must keep every byte.
 */
export interface Conforming {
  target: Target;
  scope: Scope;
  /** the value of `max_tokens` as the server itself tells it, not through the target */
  live(): Promise<unknown>;
  /** everything that stands there besides these levers, byte for byte */
  beside(): Promise<string>;
  /** somebody else writes `max_tokens` */
  other(value: number): Promise<void>;
  /** runs once, after the target has read for its write and before the mutating request leaves */
  before(work: () => Promise<void>): void;
  /** how many mutating requests have reached the server */
  writes(): number;
  close(): Promise<void>;
}

type Got = Exclude<Read, { error: string }>;

/** What the other side cannot do is no test: in CI a skipped one is a failed one. */
function unless(lack: string | undefined): (title: string, test: () => Promise<void>) => void {
  return lack === undefined ? it : () => {};
}

/** What every target must do, whatever its dialect. `lacks`: what the other side cannot do, and why. */
export function conforms(
  kind: string,
  open: () => Promise<Conforming>,
  lacks: { compareAndSet?: string; absent?: string; text?: string } = {},
): void {
  describe(`${kind}: what every target does`, () => {
    let at: Conforming;
    beforeAll(async () => {
      at = await open();
    }, 60_000);
    afterAll(() => at?.close());

    const read = async (setting: Setting): Promise<Got> => {
      const got = await at.target.read(setting, at.scope);
      if ("error" in got) throw new Error(`${setting}: ${got.error}`);
      return got;
    };
    const change = (setting: Setting, { value, version }: Got, after: Value): Change => ({
      id: "m1",
      mitigation: "test",
      target: "t",
      setting,
      scope: at.scope,
      before: value,
      after,
      version,
    });
    const write = async (setting: Setting, after: Value) => {
      const got = await read(setting);
      return { got, written: await at.target.write(change(setting, got, after), cause) };
    };

    it("tells what is there, who answered, and reads the same twice", async () => {
      const got = await read("max_tokens");
      expect(got).toMatchObject({ value: { is: 4096 } });
      expect(got.identity).toContain(kind);
      expect(await read("max_tokens")).toMatchObject({ value: got.value, version: got.version });
      expect(await read("model")).toMatchObject({ value: { is: "gpt-4o" } });
      expect(await read("enabled")).toMatchObject({ value: { is: true } });
    });

    it("writes once, the server has it, and the way back restores it with all that stands beside it", async () => {
      const [beside, writes] = [await at.beside(), at.writes()];
      const { written } = await write("max_tokens", { is: 512 });
      expect(written).toMatchObject({ written: true });
      expect(at.writes()).toBe(writes + 1);
      expect(await at.live()).toBe(512);
      expect(await read("max_tokens")).toMatchObject({ value: { is: 512 } });
      expect((await write("max_tokens", { is: 4096 })).written).toMatchObject({ written: true });
      expect(await at.live()).toBe(4096);
      expect(await at.beside()).toBe(beside);
    });

    it.each<[Setting, Json, Json]>([
      ["enabled", false, true],
      ["model", "gpt-4o-mini", "gpt-4o"],
    ])("writes %s and takes it back", async (setting, wanted, was) => {
      expect((await write(setting, { is: wanted })).written).toMatchObject({ written: true });
      expect(await read(setting)).toMatchObject({ value: { is: wanted } });
      expect((await write(setting, { is: was })).written).toMatchObject({ written: true });
      expect(await read(setting)).toMatchObject({ value: { is: was } });
    });

    unless(lacks.text)("a text comes back as it was sent", async () => {
      for (const text of ["ä\u2028 \"quoted\" \\ {x} 'y' $(id) `id` ; -- %00 &?#/", "12", "true", "null", " "]) {
        const { written } = await write("model", { is: text });
        if ("refused" in written) expect(await read("model")).toMatchObject({ value: { is: "gpt-4o" } });
        else expect(await read("model")).toMatchObject({ value: { is: text } });
        await write("model", { is: "gpt-4o" });
      }
      expect(await read("model")).toMatchObject({ value: { is: "gpt-4o" } });
    });

    it("D03: what somebody else changed since the plan is a conflict that tells what is live, and nothing is sent", async () => {
      const got = await read("max_tokens");
      await at.other(100);
      const writes = at.writes();
      expect(await at.target.write(change("max_tokens", got, { is: 512 }), cause)).toMatchObject({
        conflict: true,
        live: { is: 100 },
      });
      expect(at.writes()).toBe(writes);
      expect(await at.live()).toBe(100);
      await at.other(4096);
    });

    unless(lacks.compareAndSet)(
      "D03, F05: a lost compare-and-set is a conflict, whatever the status says, and is not sent again",
      async () => {
        const got = await read("max_tokens");
        const writes = at.writes();
        at.before(() => at.other(100));
        expect(await at.target.write(change("max_tokens", got, { is: 512 }), cause)).toMatchObject({
          conflict: true,
          live: { is: 100 },
        });
        expect(at.writes() - writes).toBeLessThanOrEqual(1);
        expect(await at.live()).toBe(100);
        await at.other(4096);
      },
    );

    unless(lacks.absent)(
      "an absent value is made where that is allowed, and is absent again after the way back",
      async () => {
        const beside = await at.beside();
        const first = await read("timeout_ms");
        expect(first).toMatchObject({ value: { absent: true }, fresh: true });
        expect(await at.target.write(change("timeout_ms", first, { is: 20_000 }), cause)).toMatchObject({
          written: true,
        });
        const second = await read("timeout_ms");
        expect(second).toMatchObject({ value: { is: 20_000 } });
        expect(await at.target.write(change("timeout_ms", second, first.value), cause)).toMatchObject({
          written: true,
        });
        expect(await read("timeout_ms")).toMatchObject({ value: { absent: true } });
        expect(await at.beside()).toBe(beside);
      },
    );

    unless(lacks.absent)("an absent value that may not be made is told, with what there is", async () => {
      expect(await at.target.read("rpm_limit", at.scope)).toMatchObject({ missing: true });
    });

    it("says in check() that it answers", async () => {
      expect(await at.target.check()).toMatchObject({ ok: true });
    });
  });
}
