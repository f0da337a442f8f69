import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { renderJunit } from "../../src/show/junit.ts";
import { kept, setPlace } from "./place.ts";

const isThere = spawnSync("python3", ["--version"]).status === 0;

/** A reader of somebody else's, that knows which elements and attributes there may be. */
const consumer = `
import json, sys
import xml.etree.ElementTree as tree
known = {
  "testsuites": ({"tests", "failures", "time"}, {"testsuite"}),
  "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
  "testcase": ({"name", "classname", "file", "line", "time"}, {"failure"}),
  "failure": ({"message"}, set()),
}
root = tree.fromstring(sys.stdin.buffer.read())
assert root.tag == "testsuites"
for one in root.iter():
  attributes, children = known[one.tag]
  assert set(one.attrib) <= attributes, one.attrib
  assert {child.tag for child in one} <= children
for suite in root:
  assert int(suite.get("tests")) == len(suite) and int(suite.get("failures")) == len(suite.findall("testcase/failure"))
assert int(root.get("failures")) == sum(int(suite.get("failures")) for suite in root)
cases = root.findall("testsuite/testcase")
print(json.dumps([[c.get("name"), c.get("line"), [[f.get("message"), f.text] for f in c]] for c in cases]))
`;

function consume(xml: string): unknown {
  const { stdout, stderr, status } = spawnSync("python3", ["-c", consumer], { input: xml, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe.skipIf(!isThere && process.env["CI"] === undefined)("JUnit (needs python3)", () => {
  it("is read by another program, whatever stands in it", () => {
    const name = `<a> & "b" 'c' ]]> \u0000\u0007\u001b[31m ü 😀 \ud800 \uffff`;
    const failure = { message: "line\nbreak", text: "one\n  two <three>\t\u0008" };
    const xml = renderJunit([
      { name: "s", cases: [{ name, file: "f", line: 3, failure }] },
      { name: "none", cases: [], seconds: 0.25 },
    ]);
    expect(consume(xml)).toEqual([[`<a> & "b" 'c' ]]> [31m ü 😀  `, "3", [["line\nbreak", "one\n  two <three>\t"]]]]);
  });

  it("tells the results of tests", async () => {
    const place = setPlace({
      "r/kinds.yaml": kept("kinds.yaml"),
      "r/wrong.test.yaml": kept("wrong.test.yaml"),
      "r/bad.test.yaml": kept("bad.test.yaml"),
    });
    expect(await place.llmops("runbook", "test", "r", "--format", "junit")).toBe(1);
    const cases = consume(place.printed()) as [string, string, [string, string][]][];
    expect(cases.map(([name, , failures]) => [name, failures.length])).toEqual([
      ["can be run", 1],
      ["It is as it is expected", 0],
      ["Steps, changes and messages differ", 1],
      ["A question has no answer", 1],
      ["What is said is of no use", 1],
      ["A program is run that is not there", 1],
    ]);
  });
});
