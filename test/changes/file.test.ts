import { describe, expect, it } from "vitest";
import { file } from "../../src/changes/file.ts";
import { dataOf } from "../sources/recorded.ts";
import { fakeWorld } from "../fake/world.ts";

const to = Date.parse("2026-11-21T03:12:00Z");
const from = to - 24 * 3_600_000;
const open = (text: string | undefined) => {
  const world = fakeWorld(text === undefined ? {} : { files: { "changes.jsonl": text } });
  return file.open({ path: "changes.jsonl" }, world, world.cwd);
};

describe("changes in a file", () => {
  it("reads what a deploy script appends, whatever its time is spelled like", async () => {
    const lines = [
      '{"at":"2026-11-21T02:58:00Z","what":"prompt support v14 → v15","who":"m.kaya","where":{"route":"support.reply","floor":3,"__proto__":"x"}}',
      '{"at":"2026-11-21 02:00:00","what":"no zone"}',
      '{"at":"2026-11-21T03:00:00+01:00","what":"a zone","ref":"r1"}',
      `{"at":${to / 1000 - 60},"what":"seconds"}`,
      `{"at":${to - 1000},"what":"milliseconds","who":""}`,
      '{"at":"2026-11-19T00:00:00Z","what":"too early"}',
      '{"at":"2026-11-21T04:00:00Z","what":"not yet"}',
    ];
    const answer = await open(`${lines.join("\n")}\n`).changes(from, to);
    expect(dataOf(answer).map(({ at, what }) => [new Date(at).toISOString().slice(11, 19), what])).toEqual([
      ["02:58:00", "prompt support v14 → v15"],
      ["02:00:00", "no zone"],
      ["02:00:00", "a zone"],
      ["03:11:00", "seconds"],
    ]);
    expect(dataOf(answer)[0]).toMatchObject({ who: "m.kaya", where: { route: "support.reply" } });
    expect(answer).toMatchObject({ warnings: ["1 line could not be read"] });
  });

  it("counts lines that are none, but not the last one that is still being written", async () => {
    const whole = '{"at":"2026-11-21T02:58:00Z","what":"x"}';
    const answer = await open(`${whole}\nnot json\n[]\n{"at":"soon","what":"x"}\n\n{"at":"2026-11-21T02:59`).changes(
      from,
      to,
    );
    expect(answer).toMatchObject({ data: [{ what: "x" }], warnings: ["3 lines could not be read"] });
    expect(dataOf(await open(whole).changes(from, to))).toHaveLength(1);
    expect(await open(`${whole}\n?\n`).check()).toMatchObject({
      ok: false,
      say: "1 changes, 1 lines that could not be read",
    });
  });

  it("says that there is no file", async () => {
    const error = "there is no file /home/dana/shop/changes.jsonl";
    expect(await open(undefined).changes(from, to)).toMatchObject({ error });
    expect(await open(undefined).check()).toMatchObject({ ok: false, say: error });
    expect(await open("").changes(from, to)).toMatchObject({ data: [], warnings: [] });
  });
});
