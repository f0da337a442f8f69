import { beforeAll, describe, expect, it } from "vitest";
import { checkPromql } from "../../src/queries/check.ts";
import { isMissing } from "../parts/daemon.ts";
import { calls, listed, newer, reference, shipped, written } from "./oracle/expressions.ts";
import { mutants } from "./oracle/mutants.ts";
import { askPromtool, promtoolVersion } from "./oracle/promtool.ts";

const whole = [...new Set([...written, ...reference, ...shipped])];
/** not of the shipped: a new signal would change all of them */
const changed = mutants([...written, ...reference, ...reference, ...reference], 6000, 20261121);
const { version, reasons } = listed();

interface Verdict {
  text: string;
  /** what is said against it; undefined where nothing is */
  ours: string | undefined;
  theirs: string | undefined;
}

describe.skipIf(isMissing("promtool"))("promtool as oracle", () => {
  let verdicts: Verdict[] = [];
  const isDisputed = ({ ours, theirs }: Verdict) => (ours === undefined) !== (theirs === undefined);
  const judge = (texts: string[]): Verdict[] => {
    const theirs = askPromtool(texts);
    return texts.map((text, i) => ({ text, ours: checkPromql(text)[0]?.message, theirs: theirs[i] }));
  };
  beforeAll(() => {
    verdicts = judge([...new Set([...whole, ...calls, ...changed])]);
  }, 60_000);

  it("is the promtool that the list of disagreements was made with", () => {
    expect(promtoolVersion()).toBe(version);
  });

  it("agrees on 97 of 100 expressions, of those written or shipped and of the generated ones alike", () => {
    for (const part of [whole, calls, changed]) {
      const some = verdicts.filter(({ text }) => part.includes(text));
      const agreed = some.filter((one) => !isDisputed(one)).length;
      expect(some.length).toBeGreaterThan(500);
      expect(agreed / some.length).toBeGreaterThanOrEqual(0.97);
    }
  });

  it("raises at most one false alarm for 1,000 valid expressions", () => {
    const valid = verdicts.filter(({ theirs }) => theirs === undefined);
    const alarms = valid.filter(isDisputed);
    const agreed = verdicts.filter((one) => !isDisputed(one)).length;
    const per = ((100 * agreed) / verdicts.length).toFixed(2);
    console.log(
      `${verdicts.length} expressions, ${valid.length} valid: ${per} % agreed, ${alarms.length} false alarms`,
    );
    expect(valid.length).toBeGreaterThan(1000);
    expect(alarms.length).toBeLessThanOrEqual(valid.length / 1000);
  });

  it("disagrees only where the list says why", () => {
    const disputed = verdicts.filter(isDisputed).map(({ text }) => text);
    expect(disputed.toSorted()).toEqual([...reasons.values()].flat().toSorted());
  });

  it("knows no function that is listed as newer", () => {
    for (const said of askPromtool([...newer].map((name) => `${name}(a)`)))
      expect(said).toMatch(/unknown function|unexpected/);
  });

  it("is asked about every shipped expression, and takes each", () => {
    expect(shipped.length).toBeGreaterThan(100);
    for (const { text, ours, theirs } of verdicts.filter((one) => shipped.includes(one.text)))
      expect({ text, ours, theirs }).toEqual({ text, ours: undefined, theirs: undefined });
  });
});
