import { expect, it } from "vitest";
import { rows } from "./rows.ts";
import { idsOf, problemsOf, tableOf } from "./table.ts";

const known = [
  { id: "A01", priority: "must", fault: "killed before the intent | is durable" },
  { id: "A02", priority: "must", fault: "killed after it" },
  { id: "B01", priority: "should", fault: "a full disk" },
  { id: "N01", priority: "must", fault: "a model that obeys a log line", refused: "no model is in the path" },
] as const;
const proof = (ids: string[], state: "passed" | "failed" | "skipped" = "passed", where = "test/a.test.ts") => ({
  ids,
  where,
  title: "a title",
  state,
});

it("reads the ids at the start of a title, and only there", () => {
  expect(idsOf("A02, F08: a write that nobody answered")).toEqual(["A02", "F08"]);
  expect(idsOf("a write of A02: and more")).toEqual([]);
  expect(idsOf("A2: too short")).toEqual([]);
});

it("names a fault that nothing proves, a test of no fault, and a refusal that is tested after all", () => {
  expect(problemsOf(known, [proof(["A01"]), proof(["Z99"]), proof(["N01"])])).toEqual([
    "test/a.test.ts > a title names Z99, which is no fault",
    "A02 has no test",
    "N01 is refused, and has a test all the same",
  ]);
  expect(problemsOf(known, [proof(["A01", "A02"])])).toEqual([]);
});

it("writes one line for each fault", () => {
  const text = tableOf(known, [
    proof(["A01"]),
    proof(["A01", "A02"], "failed"),
    proof(["A01"], "passed", "test/b.test.ts"),
  ]);
  expect(text).toContain("4 faults: 2 tested, 1 refused, 1 not tested.");
  expect(text.split("\n").slice(-5)).toEqual([
    "| A01 | must | killed before the intent \\| is durable | `test/a.test.ts`<br>`test/b.test.ts` | fails |",
    "| A02 | must | killed after it | `test/a.test.ts` | fails |",
    "| B01 | should | a full disk |  | not tested |",
    "| N01 | must | a model that obeys a log line |  | refused: no model is in the path |",
    "",
  ]);
});

it("knows each fault once", () => {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});
