import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/document/document.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import { runTests } from "../../src/rehearse/run.ts";
import { setPlace, shipped } from "./place.ts";

const runbookText = shipped("cost-spike.yaml");
const read = parseRunbook(runbookText, "runbooks/cost-spike.yaml");
const loaded = {
  runbook: read.runbook!,
  document: read.document!,
  file: "runbooks/cost-spike.yaml",
  text: runbookText,
};
const interrupted = new AbortController().signal;
const rehearse = (text: string, update = false) =>
  runTests(text, "x.test.yaml", { find: async () => loaded, update, interrupted });

const file = `# the team's own
runbook: cost-spike   # ours
tests:
  # nothing is wrong
  - name: "It was nothing"
    evidence: { burn: healthy }   # by hand
    answers: { cause: proposed, false-alarm: done }
    # a remark at the end

  - expect:   # to be looked at
      steps: { cause: one }
      # and this goes
      sent: []
    answers: { cause: nothing, false-alarm: not-done } # no
    name: Still nothing
`;

const written = `# the team's own
runbook: cost-spike   # ours
tests:
  # nothing is wrong
  - name: "It was nothing"
    evidence: { burn: healthy }   # by hand
    answers: { cause: proposed, false-alarm: done }
    expect:
      steps: { cause: nothing, false-alarm: done }
    # a remark at the end

  - expect:
      steps: { cause: nothing, false-alarm: not-done }
    answers: { cause: nothing, false-alarm: not-done } # no
    name: Still nothing
`;

describe("--update", () => {
  it.each([
    ["\n", file, written],
    ["\r\n", file.replaceAll("\n", "\r\n"), written.replaceAll("\n", "\r\n")],
  ])("writes expect and leaves every other byte (%j)", async (_, before, after) => {
    const { text, written: names } = await rehearse(before, true);
    expect(text).toBe(after);
    expect(names).toEqual(["It was nothing", "Still nothing"]);
    expect((await rehearse(after, true)).written).toEqual([]);
  });

  it("is refused where a test is one line, and nothing is written", async () => {
    const text = "runbook: cost-spike\ntests: [{ name: A, answers: { cause: nothing } }]\n";
    const place = setPlace({ "a.test.yaml": text });
    expect(await place.llmops("runbook", "test", "a.test.yaml", "-u")).toBe(3);
    expect(place.world.files.text("/home/dana/shop/a.test.yaml")).toBe(text);
  });

  it("writes nothing of a walk that did not come to its end", async () => {
    const text =
      "runbook: cost-spike\ntests:\n  - name: A\n    answers: { cause: one }\n    evidence: { users: concentrated }\n";
    const tested = await rehearse(text, true);
    expect(tested.text).toBe(text);
    expect(tested.tests[0]!.findings[0]!.message).toContain('who asks "Which user?"');
  });
});

/** The shipped tests with one thing of what they expect taken away or changed. */
function spoilt(): [what: string, text: string][] {
  const text = shipped("cost-spike.test.yaml");
  const { document } = parseDocument(text, "x");
  const { tests } = document!.value as {
    tests: { name: string; expect: { steps: Record<string, unknown>; changes?: object[]; sent?: object[] } }[];
  };
  const all: [string, string][] = [];
  const spoil = (nth: number, what: string, change: (expected: (typeof tests)[number]["expect"]) => void) => {
    const copy = structuredClone(document!.value) as { tests: typeof tests };
    change(copy.tests[nth]!.expect);
    copy.tests = [copy.tests[nth]!];
    all.push([`${tests[nth]!.name}: ${what}`, JSON.stringify(copy)]);
  };
  for (const [nth, { expect: expected }] of tests.entries()) {
    const ids = Object.keys(expected.steps);
    const some = ids[(nth * 7) % ids.length]!;
    spoil(nth, `without ${some}`, ({ steps }) => delete steps[some]);
    spoil(nth, `${ids.at(-1)!} skipped`, ({ steps }) => (steps[ids.at(-1)!] = "skipped"));
    spoil(nth, "first step last", (one) => {
      const { [ids[0]!]: first, ...rest } = one.steps;
      one.steps = { ...rest, [ids[0]!]: first };
    });
    if (expected.changes !== undefined) {
      spoil(nth, "one change less", ({ changes }) => changes!.pop());
      spoil(nth, "another value", ({ changes }) => Object.assign(changes![0]!, { after: 77 }));
      spoil(nth, "another time", ({ changes }) => Object.assign(changes![0]!, { for: "77m" }));
    }
    if (expected.sent !== undefined) spoil(nth, "one message more", ({ sent }) => sent!.push({ escalate: 4 }));
    spoil(nth, "nothing sent", (one) => delete one.sent);
  }
  return all.filter(([what]) => !what.startsWith("The alert was wrong: nothing sent"));
}

describe("a test that expects another thing", () => {
  it.each(spoilt())("%s", async (_, text) => {
    const { tests, findings } = await rehearse(text);
    expect(findings).toEqual([]);
    expect(tests).toHaveLength(1);
    expect(tests[0]!.findings).not.toEqual([]);
  });
});
