import { describe, expect, it } from "vitest";
import { rules } from "../../../src/lint/index.ts";
import { renderFindings } from "../../../src/show/findings.ts";
import { linted, runbook } from "./linted.ts";
import { readCheckstyle, readersAreMissing, readJunit, sarifValidator } from "./readers.ts";

const whole = { ...linted, rules: [...rules] };
const open = linted.findings.filter(({ suppressed }) => suppressed === undefined);

describe.skipIf(readersAreMissing)(`read by others${readersAreMissing ? " (skipped: not installed)" : ""}`, () => {
  it("L07: SARIF is what the schema of 2.1.0 allows, with every rule there is", () => {
    const log = JSON.parse(renderFindings(whole, "sarif")) as Log;
    expect(sarifValidator()(log)).toBeUndefined();
    const { driver } = log.runs[0].tool;
    expect(driver.rules.map(({ id }) => id)).toEqual(expect.arrayContaining(rules.map(({ name }) => name)));
    expect(new Set(driver.rules.map(({ id }) => id)).size).toBe(driver.rules.length);
  });

  it("the check of SARIF can fail", () => {
    const faults = sarifValidator();
    const log = (more: object) => ({ ...(JSON.parse(renderFindings(whole, "sarif")) as object), ...more });
    expect(faults(log({ version: "2.0.0" }))).toBeDefined();
    expect(
      faults(log({ runs: [{ tool: { driver: { name: "x" } }, results: [{ level: "fatal", message: {} }] }] })),
    ).toBeDefined();
    expect(faults(log({ runs: [{ tool: { driver: { name: "x", informationUri: "no uri" } } }] }))).toBeDefined();
  });

  it("JUnit: a suite for each file, errors are failures, warnings and files without findings pass", async () => {
    const { tests, failures, testsuite } = await readJunit(renderFindings(linted, "junit"));
    expect([tests, failures]).toEqual([8, 3]);
    expect(testsuite.map(({ name, tests: count }) => [name, count])).toEqual([
      ["runbooks/cost spike.yaml", 6],
      ["runbooks/fine.yaml", 1],
      ["llmops.yaml", 1],
    ]);
    const cases = testsuite[0]!.testcase;
    expect(cases.map(({ line }) => line)).toEqual(open.map(({ at }) => at.line));
    expect(cases.flatMap(({ failure = [] }) => failure.map(({ message }) => message))).toEqual(
      open.flatMap(({ severity, message }) => (severity === "error" ? [message] : [])),
    );
    expect(cases[2]!.failure![0]!.inner).toContain("next: one of: cause, block, higher, tab, calm");
    expect(testsuite[1]!.testcase[0]!.failure).toBeUndefined();
  });

  it("Checkstyle: every finding with its place and severity", () => {
    expect(readCheckstyle(renderFindings(linted, "checkstyle"))).toEqual(
      open.map(({ file, at, severity, message, next }) => ({
        file,
        ...at,
        severity,
        message: next === undefined ? message : `${message}\n${next}`,
      })),
    );
  });
});

describe("fingerprints in SARIF", () => {
  const prints = (text: string, lines: number) => {
    const moved = open.map((one) => ({ ...one, at: { ...one.at, line: one.at.line + lines } }));
    const log = renderFindings({ findings: moved, texts: new Map([[open[0]!.file, text]]) }, "sarif");
    return (JSON.parse(log) as Log).runs[0].results.map(
      ({ partialFingerprints }) => Object.values(partialFingerprints)[0],
    );
  };

  it("stay when lines are added above and when a line is indented", () => {
    const before = prints(runbook, 0);
    expect(new Set(before).size).toBe(open.length);
    expect(prints(`# new\n\n${runbook}`, 2)).toEqual(before);
    expect(prints(runbook.replaceAll("\n  - ", "\n      - "), 0)).toEqual(before);
  });

  it("are others when the line says something else", () => {
    const [first, ...others] = prints(runbook, 0);
    const [changed, ...same] = prints(runbook.replace("日本語", "Why?"), 0);
    expect(changed).not.toBe(first);
    expect(same).toEqual(others);
  });
});

interface Log {
  runs: [
    {
      tool: { driver: { rules: { id: string }[] } };
      results: { partialFingerprints: Record<string, string> }[];
    },
  ];
}
