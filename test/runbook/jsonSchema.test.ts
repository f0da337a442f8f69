import { readdirSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";
import { runbookSchema } from "../../src/commands/runbookSchema.ts";
import { parseDocument } from "../../src/document/document.ts";
import { parse } from "../../src/program.ts";
import { parseProject } from "../../src/project.ts";
import { testSchema } from "../../src/rehearse/schema.ts";
import { run } from "../../src/run.ts";
import { parseRunbook } from "../../src/runbook/parse.ts";
import type { JsonSchema } from "../../src/schema/json.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { schemaNames, type SchemaName } from "../../src/session/runbookSchemaNames.ts";
import { fakeWorld } from "../fake/world.ts";

const printed = new Map<string, string>();
const validators = new Map<string, ValidateFunction>();
for (const name of schemaNames) {
  const { output } = await llmops("runbook", "schema", name);
  printed.set(name, output);
  validators.set(name, new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(output) as JsonSchema));
}

async function llmops(...argv: string[]) {
  const world = fakeWorld();
  const asked = parse(argv, [runbookSchema]);
  if ("print" in asked) throw new Error(asked.print);
  const code = await run(asked, world);
  return { code, output: world.terminal.output, screen: world.terminal.screen };
}

function accepts(name: SchemaName, text: string): boolean {
  return validators.get(name)!(parseDocument(text, "x.yaml").document!.value);
}

const folders: Record<string, (file: string) => SchemaName> = {
  "runbooks/": (file) => (file.endsWith(".test.yaml") ? "test" : "runbook"),
  "runbooks/signals/": (file) => (file === "catalogue.yaml" ? "catalogue" : "signals"),
  "runbooks/models/": () => "models",
  "templates/targets/": () => "project",
};
const shipped = Object.entries(folders).flatMap(([folder, nameOf]) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => ({ file: folder + file, up: "../".repeat(folder.split("/").length - 2), name: nameOf(file) })),
);

describe("llmops runbook schema", () => {
  // to accept what it prints now: npx vitest run test/runbook/jsonSchema.test.ts -u
  it.each(schemaNames)("%s prints what is shipped", async (name) => {
    await expect(printed.get(name)).toMatchFileSnapshot(`../../runbooks/schemas/${name}.schema.json`);
  });

  it("prints that of runbooks unless told otherwise, and knows no other", async () => {
    expect((await llmops("runbook", "schema")).output).toBe(printed.get("runbook"));
    const { code, screen, output } = await llmops("runbook", "schema", "projekt");
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(screen).toContain("did you mean project?");
  });
});

describe("shipped files", () => {
  it.each(shipped)("$file fits its schema, and names it in its first line", ({ file, up, name }) => {
    const text = readFileSync(file, "utf8");
    const path = file.startsWith("templates/") ? "../../runbooks/schemas/" : `${up}schemas/`;
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=${path}${name}.schema.json`);
    expect(readdirSync("runbooks/schemas")).toContain(`${name}.schema.json`);
    expect({ ok: accepts(name, text), errors: validators.get(name)!.errors }).toEqual({ ok: true, errors: null });
  });
});

const runbook = (more: string) => `id: a
title: A
class: cost
severity: SEV2
summary: S
evidence: { burn: cost_per_hour, routes: { signal: cost_per_hour, by: route } }
steps:
  - ${more}
`;
const clamp = "id: b\n    title: B\n    mitigate: ";

describe("the schema of a runbook", () => {
  it.each([
    [
      "a whole clamp",
      runbook(`${clamp}{ do: token-clamp, with: { max_tokens: 5 }, for: 30m, verify: { burn: healthy }, within: 10m }`),
    ],
    [
      "alternatives",
      runbook("{ id: b, title: B, when: { any: [{ burn: healthy }, { burn: [error, no-data] }] }, instruct: Do it. }"),
    ],
    ["severities in any case, P too", runbook("{ id: b, title: B, continue: x }").replace("SEV2", "p3")],
    ["bounds", runbook('{ id: b, title: B, measure: { promql: up, healthy: { is: ">= 99.5%", for: 1h30m } } }')],
    ["a factor", runbook('{ id: b, title: B, measure: { signal: x, healthy: { change: "< 1.5x" } } }')],
    ["changes", runbook("{ id: b, title: B, measure: { changes: 24h, source: deploys } }")],
  ])("accepts %s, as llmops does", (_, text) => {
    expect({ schema: accepts("runbook", text), findings: parseRunbook(text, "x").findings }).toEqual({
      schema: true,
      findings: [],
    });
  });

  it.each([
    ["a misspelt key", runbook("{ id: b, title: B, instrukt: Do it. }")],
    ["two things in one step", runbook("{ id: b, title: B, instruct: Do it., continue: x }")],
    ["nothing to do", runbook("{ id: b, title: B }")],
    ["no title", runbook("{ id: b, instruct: Do it. }")],
    ["an id with a space", runbook('{ id: "b c", title: B, instruct: Do it. }')],
    ["an id that is a word of conditions", runbook("{ id: any, title: B, instruct: Do it. }")],
    ["another class", runbook("{ id: b, title: B, instruct: X }").replace("cost\n", "money\n")],
    ["a fifth severity", runbook("{ id: b, title: B, instruct: X }").replace("SEV2", "SEV5")],
    ["half an hour as a number", runbook(`${clamp}{ do: token-clamp, for: 30 }`)],
    ["no time at all", runbook(`${clamp}{ do: token-clamp, for: 0m }`)],
    ["minutes as min", runbook(`${clamp}{ do: token-clamp, for: 30min }`)],
    ["an unknown parameter", runbook(`${clamp}{ do: token-clamp, with: { max_token: 5 } }`), "linter"],
    ["an unknown mitigation", runbook(`${clamp}{ do: token-clam }`), "linter"],
    ["a bound without operator", runbook('{ id: b, title: B, measure: { signal: x, healthy: "20" } }')],
    ["a factor as a bound", runbook('{ id: b, title: B, measure: { signal: x, healthy: "< 1.5x" } }')],
    ["two ways to be healthy", runbook('{ id: b, title: B, measure: { signal: x, healthy: { is: "< 2", z: 3 } } }')],
    ["two queries", runbook("{ id: b, title: B, measure: { signal: x, promql: up } }")],
    ["no query", runbook("{ id: b, title: B, measure: { by: route } }")],
    ["changes with a window", runbook("{ id: b, title: B, measure: { changes: 24h, window: 5m } }")],
    ["an empty condition", runbook("{ id: b, title: B, when: {}, instruct: X }")],
    ["an outcome that is true", runbook("{ id: b, title: B, when: { burn: true }, instruct: X }")],
    ["choices and pick", runbook("{ id: b, title: B, ask: { question: Q, pick: routes, choices: { x: X, y: Y } } }")],
    [
      "pick with a hint",
      runbook("{ id: b, title: B, ask: { question: Q, pick: routes, hint: { x: { burn: healthy } } } }"),
    ],
    ["neither", runbook("{ id: b, title: B, ask: { question: Q } }")],
    ["one choice", runbook("{ id: b, title: B, ask: { question: Q, choices: { x: X } } }")],
    [
      "a date of somewhere else",
      runbook("{ id: b, title: B, instruct: X }").replace("class", "reviewed: 21.11.2026\nclass"),
    ],
    ["no steps", "id: a\ntitle: A\nclass: cost\nseverity: SEV2\nsummary: S\nsteps: []\n"],
  ])("refuses %s, as llmops does", (_, text, linter = "") => {
    expect(accepts("runbook", text)).toBe(false);
    if (linter === "") expect(parseRunbook(text, "x").findings).not.toEqual([]);
  });

  it("knows every mitigation with its parameters", () => {
    expect(accepts("runbook", runbook(`${clamp}{ do: timeout, with: { timeout: 20s } }`))).toBe(true);
    expect(accepts("runbook", runbook(`${clamp}{ do: timeout, with: { timeout: 20 } }`))).toBe(false);
    expect(accepts("runbook", runbook(`${clamp}{ do: kill-switch, with: { timeout: 20s } }`))).toBe(false);
  });
});

describe("the schema of tests", () => {
  const test = (more: string) => `runbook: a\ntests: [{ name: N, ${more} }]\n`;
  it.each([
    ["a whole one", test("evidence: { burn: [unhealthy, { concentrated: u-1 }] }, answers: { x: [a, ~] }"), true],
    ["settings with names", test("state: [{ setting: tools.refund, is: true }]"), true],
    ["an unknown setting", test("state: [{ setting: max_token, is: 5 }]"), false],
    ["no tests", "runbook: a\ntests: []\n", false],
    ["a misspelt key", test("answer: { x: a }"), false],
    ["a time that is none", test("expect: { steps: {}, changes: [{ do: cache, setting: cache, for: 30 }] }"), false],
  ])("%s", (_, text, fits) => {
    const { value } = checkValue(testSchema, parseDocument(text, "x").document!.value);
    expect({ schema: accepts("test", text), llmops: value !== undefined }).toEqual({ schema: fits, llmops: fits });
  });
});

describe("the schema of a project", () => {
  const target =
    'targets: { gateway: { consul: { url: "http://127.0.0.1:8500", levers: { enabled: "llm/{route}/on" } } } }';
  it.each([
    ["nothing", "{}", true],
    ["a target", target, true],
    ["a target of no kind", "targets: { gateway: {} }", false],
    ["two kinds in one", "sources: { x: { calls: { files: a }, http: { url: http://127.0.0.1 } } }", false],
    ["a misspelt kind", target.replace("consul:", "konsul:"), false],
    ["an action that is a bare command", "actions: { x: { command: [./x] } }", true],
    ["an action of a kind", "actions: { x: { command: { command: [./x], irreversible: true } } }", true],
    ["a bad objective", 'objectives: { error_rate: "2%" }', false],
    ["a misspelt key", "runbok: x", false],
  ])("%s", async (_, text, fits) => {
    const { findings } = await parseProject(text, "llmops.yaml");
    expect({ schema: accepts("project", text), llmops: findings.length === 0 }).toEqual({ schema: fits, llmops: fits });
  });
});

describe("hover", () => {
  it.each(schemaNames)("every property of %s says what it is", (name) => {
    expect(silent(JSON.parse(printed.get(name)!) as JsonSchema, name)).toEqual([]);
  });

  it("would be missed", () => {
    expect(silent({ properties: { a: { properties: { b: {} }, description: "A." } } }, "x")).toEqual(["x.a.b"]);
  });
});

/** Paths of properties without a description. */
function silent(schema: unknown, path: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, if: _, dependencies: __, ...rest } = schema as JsonSchema;
  const isMap = Object.values(properties).every((one) => typeof one === "object");
  const here = isMap ? Object.entries(properties) : [];
  return [
    ...here.flatMap(([key, one]) => [
      ...(one.description === undefined && one.$ref === undefined && !isPatch(path, key) ? [`${path}.${key}`] : []),
      ...silent(one, `${path}.${key}`),
    ]),
    ...Object.entries(rest).flatMap(([key, one]) => silent(one, key === "then" ? `${path}?` : path)),
  ];
}

/** `then: { properties: { with: … } }` says more of a property that is described elsewhere. */
function isPatch(path: string, key: string): boolean {
  return path.endsWith("?") && key === "with";
}
