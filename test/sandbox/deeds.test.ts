import { describe, expect, it } from "vitest";
import { file } from "../../src/changes/file.ts";
import type { CallRecord } from "../../src/sandbox/record.ts";
import { dataOf } from "../sources/recorded.ts";
import { folder, minute, open } from "./figures.ts";

type Sandbox = Awaited<ReturnType<typeof open>>;
const deedsOf = async ({ world }: Sandbox) =>
  dataOf(await file.open({ path: "changes.jsonl" }, world, folder).changes(0, world.clock.now()));
const supportCalls = ({ records }: Sandbox) =>
  records()
    .filter(({ route }) => route === "support.reply")
    .map(({ timestamp, prompt_version }: CallRecord) => ({ at: Date.parse(timestamp), prompt_version }));

describe("who changed what in the sandbox", () => {
  it("is told as a deploy script would, at the time from which on the calls show it, and when it is taken back", async () => {
    const stage = await open({ fault: "cost-spike" });
    const { began, sandbox, pass } = stage;
    const [deed, ...others] = await deedsOf(stage);
    expect(deed).toEqual({
      at: began - 10 * minute,
      what: "support.reply prompt v14 → v15",
      who: "m.kaya",
      where: { route: "support.reply" },
    });
    expect(others).toEqual([]);
    for (const { at, prompt_version } of supportCalls(stage))
      expect(prompt_version).toBe(at < deed!.at ? "v14" : "v15");
    await pass(minute);
    await sandbox.mend();
    await pass(minute);
    const back = (await deedsOf(stage)).at(-1)!;
    expect(back).toMatchObject({ at: began + minute, what: "support.reply prompt v15 → v14", who: "m.kaya" });
    const after = supportCalls(stage).filter(({ at }) => at >= back.at);
    expect(new Set(after.map(({ prompt_version }) => prompt_version))).toEqual(new Set(["v14"]));
  });

  it("is told when it happens, where the fault begins later", async () => {
    const stage = await open({ fault: "quality-regression", startsAgoMs: -2 * minute });
    expect(await deedsOf(stage)).toEqual([]);
    await stage.pass(3 * minute);
    expect(await deedsOf(stage)).toMatchObject([
      { at: stage.began + 2 * minute, what: "search.answer model claude-3-5-haiku → gpt-4o-mini, prompt v7 → v8" },
    ]);
  });

  it.each([undefined, "provider-outage", "runaway-user"] as const)(
    "is nothing where nobody changed anything: %s",
    async (fault) => {
      expect(await deedsOf(await open(fault === undefined ? {} : { fault }))).toEqual([]);
    },
  );
});
