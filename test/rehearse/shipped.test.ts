import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { coverageOf } from "../../src/rehearse/coverage.ts";
import { runTests } from "../../src/rehearse/run.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import { shipped } from "./place.ts";

const files = readdirSync("runbooks").filter((name) => name.endsWith(".yaml"));
const ids = files.filter((name) => !name.endsWith(".test.yaml")).map((name) => name.replace(/\.yaml$/, ""));

function load(id: string) {
  const text = shipped(`${id}.yaml`);
  const { runbook, document } = parseRunbook(text, `runbooks/${id}.yaml`);
  return { runbook: runbook!, document: document!, file: `runbooks/${id}.yaml`, text };
}

describe("a shipped runbook", () => {
  it("has tests of its own, and no tests are of another one", () => {
    expect(files.filter((name) => name.endsWith(".test.yaml"))).toEqual(ids.map((id) => `${id}.test.yaml`));
  });

  it.each(ids)("%s passes them, and they walk every step to everything it can end in", async (id) => {
    const find = async (named: string) =>
      named === id ? load(id) : { why: `these are the tests of ${id}, not of ${named}` };
    const interrupted = new AbortController().signal;
    const tested = await runTests(shipped(`${id}.test.yaml`), id, { find, update: false, interrupted });
    expect([...tested.findings, ...tested.tests.flatMap(({ findings }) => findings)]).toEqual([]);
    const { steps, outcomes, mitigations, missing } = coverageOf(load(id).runbook, tested.happened);
    expect(missing).toEqual([]);
    for (const { reached, of } of [steps, outcomes, mitigations]) expect(reached).toBe(of);
    expect(steps.of).toBeGreaterThan(10);
  });
});
