import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mitigations } from "../../src/mitigations/index.ts";
import { settingOf } from "../../src/mitigations/mitigation.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { targetKinds } from "../../src/targets/index.ts";
import type { Read } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { sameValue } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import { params } from "../mitigations/params.ts";
import { columns, notOffered } from "./cells.ts";
import type { Column, Place } from "./place.ts";
import { matrixTable } from "./table.ts";
import { scope as whole } from "./start.ts";

function whereIs({ target }: Place, setting: Setting): Scope | undefined {
  const lever = target.levers.find((one) => one.setting === setting);
  return lever && Object.fromEntries(lever.scope.map((dimension) => [dimension, whole[dimension]!]));
}

function look({ target }: Place, setting: Setting, scope: Scope): Promise<Exclude<Read, { error: string }>> {
  return target.read(setting, scope).then((read) => {
    if ("error" in read) throw new Error(`${setting}: ${read.error}`);
    return read;
  });
}

describe.each(columns.map((column) => [column.name, column] as const))("%s", (_, column: Column) => {
  const skips = column.isMissing === true;
  describe.skipIf(skips)(`every mitigation${skips ? " (skipped: not installed)" : ""}`, () => {
    let place: Place;
    beforeAll(async () => {
      place = await column.open();
    }, 120_000);
    afterAll(() => place?.close());

    it.each(mitigations.map((one) => [one.kind, one] as const))(
      "%s is written, read back, taken back, and leaves no trace",
      async (kind, mitigation) => {
        const { value: given, mistakes } = checkValue(mitigation.schema, params[kind]);
        expect(mistakes).toEqual([]);
        const setting = settingOf(mitigation, params[kind])!;
        const scope = whereIs(place, setting);
        expect(scope === undefined).toBe(notOffered[column.kind]?.[kind] !== undefined);
        if (scope === undefined) return;

        const bytes = await place.bytes();
        const first = await look(place, setting, scope);
        const after = mitigation.change(first.value, given);
        expect(sameValue(first.value, after)).toBe(false);
        const { value: before, version } = first;
        const change: Change = { id: "m1", mitigation: kind, target: "t", setting, scope, before, after, version };
        expect(await place.target.write(change, cause)).toMatchObject({ written: true });
        const second = await look(place, setting, scope);
        expect(sameValue(second.value, after)).toBe(true);
        expect(await place.bytes()).not.toBe(bytes);
        const back: Change = { ...change, id: "m2", before: second.value, after: first.value, version: second.version };
        expect(await place.target.write({ ...back, undoes: "m1" }, cause)).toMatchObject({ written: true });
        expect(sameValue((await look(place, setting, scope)).value, first.value)).toBe(true);
        expect(await place.bytes()).toBe(bytes);
      },
      30_000,
    );
  });
});

describe("the matrix", () => {
  it("has a column for every kind of target, and a reason for every cell that is not offered", () => {
    expect(Object.keys(targetKinds).filter((kind) => !columns.some((one) => one.kind === kind))).toEqual([]);
    const kinds = new Set(mitigations.map(({ kind }) => kind));
    for (const [target, reasons] of Object.entries(notOffered)) {
      expect(columns.map(({ kind }) => kind)).toContain(target);
      expect(Object.keys(reasons).filter((kind) => !kinds.has(kind))).toEqual([]);
    }
  });

  it("is what test/MATRIX.md shows, which LLMOPS_MATRIX=write writes anew", () => {
    const path = new URL("../MATRIX.md", import.meta.url);
    const text = `# Every mitigation on every kind of target\n\nWritten by test/matrix; what is "yes" is proven there.\n\n${matrixTable()}`;
    if (process.env["LLMOPS_MATRIX"] === "write") writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});
