import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/document/document.ts";
import { renderFindings, sayChecked } from "../../../src/show/findings.ts";
import { formats } from "../../../src/show/formats/index.ts";
import { formatNames } from "../../../src/show/formats/names.ts";
import type { Paint } from "../../../src/show/paint.ts";
import { width } from "../../../src/show/width.ts";
import { linted } from "./linted.ts";
import { asRunner } from "./runner.ts";

const golden = (name: string) => new URL(`findings.${name}`, import.meta.url).pathname;
const plain = { unicode: true, style: (_: string, text: string) => text };

const screens: Record<string, Paint> = {
  "80.txt": { ...plain, columns: 80 },
  "40.txt": { ...plain, columns: 40 },
  "ascii.txt": { ...plain, columns: 80, unicode: false },
  "pipe.txt": { ...plain, columns: Infinity },
  "coloured.txt": { ...plain, columns: 80, style: (style, text) => `<${style}>${text}</${style}>` },
};

describe("findings for people", () => {
  it.each(Object.keys(screens))("%s", async (name) => {
    const report = renderFindings(linted, "text", screens[name]);
    await expect(`${report}\n`).toMatchFileSnapshot(golden(name));
  });

  it.each([40, 60, 80])("no line of the text is wider than %i columns", (columns) => {
    const lines = renderFindings(linted, "text", { ...plain, columns }).split("\n");
    expect(lines.filter((line) => width(line) > columns)).toEqual([]);
  });

  it("colour only repeats what is written", () => {
    const coloured = renderFindings(linted, "text", screens["coloured.txt"]);
    expect(coloured.replace(/<\/?[a-z]+>/g, "")).toBe(renderFindings(linted, "text", screens["80.txt"]));
  });

  it("the last line counts files by their kind, findings by severity, and what is suppressed", () => {
    expect(sayChecked(linted)).toBe("2 runbooks, 1 project, 6 findings (3 errors, 3 warnings), 1 suppressed");
    const { texts } = linted;
    expect(sayChecked({ texts, findings: linted.findings.slice(0, 2) })).toBe("3 runbooks, 2 findings");
    expect(sayChecked({ texts, findings: [] })).toBe("3 runbooks, no findings");
  });
});

describe("findings for programs", () => {
  const files = { jsonl: "jsonl", github: "github.txt", junit: "junit.xml", checkstyle: "checkstyle.xml" } as const;
  it.each(Object.entries(files))("%s", async (format, file) => {
    await expect(`${renderFindings(linted, format as keyof typeof files)}\n`).toMatchFileSnapshot(golden(file));
  });

  it.each(["json", "sarif"] as const)("%s", async (format) => {
    const report = renderFindings(linted, format);
    expect(report).not.toContain("\n");
    const readable = JSON.stringify(JSON.parse(report), null, 2).replace(
      /"(semanticV|v)ersion": "0[^"]*"/g,
      '"$1ersion": "…"',
    );
    await expect(`${readable}\n`).toMatchFileSnapshot(golden(`${format === "sarif" ? "sarif." : ""}json`));
  });

  it("github: what the runner would cut is cut before, and a summary counts what it would not show", () => {
    const [finding] = linted.findings as [Finding];
    const long = { ...finding, message: "x".repeat(5000), next: "y ".repeat(5000) };
    const [only] = asRunner(renderFindings({ ...linted, findings: [long] }, "github")).annotations;
    expect(only!.message.length).toBeLessThan(4096);
    expect(only!.message).toMatch(/^x+[.]{3}\n(y )+/);
    const many = Array.from(
      { length: 25 },
      (_, n) => ({ ...finding, severity: n < 12 ? "warning" : "error" }) as const,
    );
    const messages = asRunner(renderFindings({ ...linted, findings: many }, "github")).annotations;
    expect(messages.map(({ severity }) => severity)).toEqual([
      ...Array(10).fill("error"),
      ...Array(10).fill("warning"),
    ]);
    expect(messages[9]!.message).toBe("4 more errors: see the log of this step");
    expect(messages[19]!.message).toBe("3 more warnings: see the log of this step");
  });

  it("none needs texts, kinds or rules", () => {
    const findings = linted.findings.slice(0, 1);
    for (const format of formatNames)
      expect(renderFindings({ findings, texts: new Map() }, format), format).toContain("instrct");
  });
});

it("every format is one that --format takes, by its name", () => {
  expect(Object.entries(formats).map(([name, { kind }]) => [name, kind])).toEqual(formatNames.map((one) => [one, one]));
});
