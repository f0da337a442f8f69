import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rules } from "../../src/lint/index.ts";
import { lint } from "../../src/lint/lint.ts";
import { shapes } from "../../src/lint/shape.ts";
import { rulesPage, themes } from "./page.ts";

const file = "runbooks/RULES.md";

it("runbooks/RULES.md says what the rules say (else: LLMOPS_RULES=write npx vitest run test/rules)", () => {
  if (process.env["LLMOPS_RULES"] === "write") writeFileSync(file, rulesPage());
  expect(readFileSync(file, "utf8")).toBe(rulesPage());
});

it("every rule is there, once", () => {
  const told = themes.flatMap((theme) => theme.rules.map(({ name }) => name));
  expect(told.toSorted()).toEqual([...shapes, ...rules].map(({ name }) => name).toSorted());
  const headings = [...rulesPage().matchAll(/^#+ (.*)$/gm)].map(([, text]) => text!.toLowerCase().replaceAll(" ", "-"));
  for (const name of told) expect(headings.filter((heading) => heading === name)).toEqual([name]);
});

describe.each(shapes.filter(({ bad }) => bad !== ""))(
  "$name, which is found before any rule looks",
  ({ name, bad, good }) => {
    const found = (text: string) => lint([{ file: "example.yaml", text: text.trimStart() }]).map(({ rule }) => rule);
    it("is found in its bad example", () => expect(found(bad)).toContain(name));
    it("and not in its good example", () => expect(found(good)).not.toContain(name));
  },
);
