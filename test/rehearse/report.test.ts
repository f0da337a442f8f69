import { describe, expect, it } from "vitest";
import { kept, setPlace } from "./place.ts";

const files = {
  "r/kinds.yaml": kept("kinds.yaml"),
  "r/wrong.test.yaml": kept("wrong.test.yaml"),
  "r/bad.test.yaml": kept("bad.test.yaml"),
  "r/shape.test.yaml":
    "runbook: kinds\nscope: { rout: chat }\ntests:\n  - { name: A, evidence: { burn: [], users: { concentated: a } }, nam: B }\n",
  "r/lost.test.yaml": "runbook: kind\ntests: [{ name: Lost }]\n",
};

describe("what is not as expected", () => {
  it.each([
    ["80", 80, true],
    ["40", 40, true],
    ["ascii", 80, false],
  ])("is told with its place, at %s", async (name, columns, unicode) => {
    const place = setPlace(files, { columns, unicode });
    expect(await place.llmops("runbook", "test", "r/wrong.test.yaml")).toBe(1);
    await expect(place.printed() + place.world.terminal.screen).toMatchFileSnapshot(`wrong.${name}.txt`);
  });

  it("is told as JSON, too", async () => {
    const place = setPlace(files);
    expect(await place.llmops("runbook", "test", "r/wrong.test.yaml", "--json")).toBe(1);
    const told = JSON.parse(place.printed()) as {
      files: { tests: { name: string; passed: boolean; findings: object[] }[] }[];
    };
    expect(told.files[0]!.tests.map(({ passed }) => passed)).toEqual([true, false, false, false, false]);
    expect(told.files[0]!.tests[1]!.findings[0]).toMatchObject({
      file: "r/wrong.test.yaml",
      rule: "expect",
      line: expect.any(Number) as number,
    });
  });
});

describe("a runbook that is named", () => {
  it("means the tests beside it", async () => {
    const place = setPlace({ "r/kinds.yaml": kept("kinds.yaml"), "r/kinds.test.yaml": kept("kinds.test.yaml") });
    await place.llmops("runbook", "test", "r/kinds.test.yaml");
    const told = place.printed();
    expect(await place.llmops("runbook", "test", "r/kinds.yaml", "r/kinds.test.yaml")).toBeLessThan(2);
    expect(place.printed()).toBe(told);
  });
});

describe("what can be no test", () => {
  it("is told with its place, and nothing is walked", async () => {
    const place = setPlace(files);
    expect(await place.llmops("runbook", "test", "r/bad.test.yaml", "r/shape.test.yaml", "r/lost.test.yaml")).toBe(1);
    await expect(place.printed() + place.world.terminal.screen).toMatchFileSnapshot("bad.80.txt");
  });

  it.each([
    ["a file that is not there", ["r/none.test.yaml"], 2],
    ["a folder that is not there", ["none"], 2],
    ["a folder without tests", ["empty"], 2],
    ["a file to write and no incident", ["r/wrong.test.yaml", "-o", "x.test.yaml"], 2],
    ["a number that is none", ["r/wrong.test.yaml", "--min", "all"], 2],
  ])("%s", async (_, args, code) => {
    const place = setPlace({ ...files, "empty/kinds.yaml": kept("kinds.yaml") });
    expect(await place.llmops("runbook", "test", ...args)).toBe(code);
    expect(place.printed() + place.world.terminal.screen).toMatch(
      /There is no|there is no|There are no|is no number|goes with --from/,
    );
  });

  it.each([
    "",
    "- 1",
    "runbook: kinds",
    "{",
    "runbook: kinds\ntests: [{ name: A, evidence: { burn: [] } }]",
    "runbook: ['x']\ntests: 7",
    "\u0000",
  ])("%j is a finding, never a crash", async (text) => {
    const place = setPlace({ "r/kinds.yaml": kept("kinds.yaml"), "r/x.test.yaml": text });
    expect(await place.llmops("runbook", "test", "r")).toBe(1);
    expect(place.printed() + place.world.terminal.screen).toMatch(/r\/x\.test\.yaml:\d+:\d+:/);
    expect(place.world.terminal.screen).not.toContain("bug");
  });
});
