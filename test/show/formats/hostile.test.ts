import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/document/document.ts";
import { harmless } from "../../../src/harmless.ts";
import { renderFindings, type Linted } from "../../../src/show/findings.ts";
import { plain } from "../../../src/show/xml.ts";
import { faultIn } from "../../hostile/inspect.ts";
import { hostile } from "./hostile.ts";
import { pythonIsMissing, readersAreMissing, readXml, sarifValidator, type Element } from "./readers.ts";
import { asRunner } from "./runner.ts";

const seeds = Array.from({ length: 120 }, (_, seed) => seed);
const open = ({ findings }: Linted) => findings.filter(({ suppressed }) => suppressed === undefined);
const said = ({ message, next }: Finding) => (next === undefined ? message : `${message}\n${next}`);
const flat = ({ at, suppressed, ...rest }: Finding) => ({
  ...rest,
  ...at,
  ...(suppressed && { reason: suppressed.reason }),
});
const inFiles = (linted: Linted) =>
  [...linted.texts.keys()].map((file) => open(linted).filter((one) => one.file === file));

describe("whatever a file holds, a program reads the findings that there are", () => {
  it("json and jsonl: to the letter", () => {
    for (const seed of seeds) {
      const linted = hostile(seed);
      const suppressed = linted.findings.filter((one) => one.suppressed !== undefined);
      const report = JSON.parse(renderFindings(linted, "json")) as Record<string, unknown>;
      expect(report["findings"]).toEqual(open(linted).map(flat));
      expect(report["suppressed"]).toEqual(suppressed.map(flat));
      expect(report["checked"]).toEqual([...linted.texts.keys()].map((file) => ({ file })));
      const stream = renderFindings(linted, "jsonl");
      expect(stream === "" ? [] : stream.split("\n").map((line) => JSON.parse(line) as unknown)).toEqual(
        open(linted).map(flat),
      );
    }
  });

  it("github: as annotations, the first ten of each severity, and nothing else is done", () => {
    for (const seed of seeds) {
      const linted = hostile(seed);
      const { annotations, other, log } = asRunner(renderFindings(linted, "github"));
      expect(other).toEqual([]);
      const wanted = (["error", "warning"] as const).flatMap((severity) => {
        const all = open(linted).filter((one) => one.severity === severity);
        const told = all
          .slice(0, all.length > 10 ? 9 : 10)
          .map((one) => [severity, harmless(one.file), harmless(said(one), true)]);
        const rest = all.length - told.length;
        return rest === 0
          ? told
          : [...told, [severity, undefined, `${rest} more ${severity}s: see the log of this step`]];
      });
      const lines = (text: string) => text.replaceAll("\\n", "\n");
      expect(
        annotations.map(({ severity, properties, message }) => [severity, properties["file"], lines(message)]),
      ).toEqual(wanted.map(([severity, file, message]) => [severity, file, lines(message!)]));
      const heads = log.filter((line) => / (error|warning): .*\[(yaml|unknown-id|dead-hint)\]$/.test(line));
      expect(heads.length).toBe(open(linted).length);
    }
  });

  it("sarif: messages, places, reasons, and fixes that make the same text", () => {
    for (const seed of seeds) {
      const linted = hostile(seed);
      const [run] = (JSON.parse(renderFindings(linted, "sarif")) as { runs: [Run] }).runs;
      expect(run.results.map(({ message }) => message.text.replace(/\\\[(?=[^[\]]*\]\()/g, "["))).toEqual(
        linted.findings.map((one) => said(one)),
      );
      for (const [at, { ruleId, ruleIndex, locations, suppressions, fixes }] of run.results.entries()) {
        const finding = linted.findings[at]!;
        const { artifactLocation, region } = locations[0].physicalLocation;
        expect(run.tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
        expect(decodeURIComponent(artifactLocation.uri.replace(/^file:\/\//, ""))).toBe(
          finding.file.replace(/\p{Cs}/gu, "\ufffd"),
        );
        expect([region.startLine, region.startColumn, region.endColumn]).toEqual([
          finding.at.line,
          finding.at.column,
          finding.endColumn,
        ]);
        expect(suppressions.map(({ justification }) => justification)).toEqual(
          finding.suppressed === undefined ? [] : [finding.suppressed.reason],
        );
        const text = linted.texts.get(finding.file)!;
        if (finding.fix === undefined) continue;
        const { start, end, text: written } = finding.fix;
        expect(applied(text, fixes![0].artifactChanges[0].replacements[0])).toBe(
          text.slice(0, start) + written + text.slice(end),
        );
      }
    }
  });

  it.skipIf(pythonIsMissing)("junit and checkstyle: what cannot be written in XML is written out", () => {
    const all = seeds.map(hostile);
    const styles = readXml(all.map((linted) => renderFindings(linted, "checkstyle")));
    const suites = readXml(all.map((linted) => renderFindings(linted, "junit")));
    for (const [at, linted] of all.entries()) {
      const files = [...linted.texts.keys()].map(plain);
      expect(styles[at]!.inside.map(({ attributes }) => attributes["name"])).toEqual(files);
      expect(styles[at]!.inside.map(({ inside }) => inside.map(({ attributes }) => attributes))).toEqual(
        inFiles(linted).map((findings) =>
          findings.map((one) => ({
            line: String(one.at.line),
            column: String(one.at.column),
            severity: one.severity,
            message: plain(said(one)),
            source: `llmops.${one.rule}`,
          })),
        ),
      );
      expect(suites[at]!.inside.map(({ attributes }) => attributes["name"])).toEqual(files);
      expect(suites[at]!.inside.map((suite) => failuresIn(suite))).toEqual(
        inFiles(linted).map((findings) =>
          findings.filter(({ severity }) => severity === "error").map(({ message }) => plain(message)),
        ),
      );
    }
  });

  it.skipIf(readersAreMissing)("sarif: every report is what the schema of 2.1.0 allows", () => {
    const faults = sarifValidator();
    for (const seed of seeds) expect(faults(JSON.parse(renderFindings(hostile(seed), "sarif")))).toBeUndefined();
  });

  it("J01: text: nothing reaches a terminal that moves, hides or colours anything", () => {
    const paints = [40, 80, Infinity].map((columns) => ({
      columns,
      unicode: true,
      style: (_: string, text: string) => text,
    }));
    for (const seed of seeds)
      for (const paint of paints) {
        const linted = hostile(seed);
        for (const line of renderFindings(linted, "text", paint).split("\n")) expect(faultIn(line)).toBeUndefined();
      }
  });
});

interface Region {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn?: number;
}

interface Replacement {
  deletedRegion: Region;
  insertedContent: { text: string };
}

interface Run {
  tool: { driver: { rules: { id: string }[] } };
  results: {
    ruleId: string;
    ruleIndex: number;
    message: { text: string };
    locations: [{ physicalLocation: { artifactLocation: { uri: string }; region: Region } }];
    suppressions: { justification: string }[];
    fixes?: [{ artifactChanges: [{ replacements: [Replacement] }] }];
  }[];
}

function applied(
  text: string,
  { deletedRegion: { startLine, startColumn, endLine, endColumn }, insertedContent }: Replacement,
): string {
  const lines = text.split("\n");
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
  return text.slice(0, offset(startLine, startColumn)) + insertedContent.text + text.slice(offset(endLine, endColumn!));
}

function failuresIn({ inside }: Element): string[] {
  return inside.flatMap((one) => one.inside.map(({ attributes }) => attributes["message"]!));
}
