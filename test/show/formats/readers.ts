import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const modules = resolve("test/parts/node_modules");
const schema = `${modules}/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json`;
const junit = `${modules}/junit2json/dist/esm/index.js`;
const checkstyle = `${modules}/danger-plugin-lint-report/dist/parse/checkstyle_parser.js`;

export const readersAreMissing = ![schema, junit, checkstyle].every((file) => existsSync(file));
export const pythonIsMissing = spawnSync("python3", ["--version"]).status !== 0;

type Validate = ((value: unknown) => boolean) & { errors?: unknown };

/** Checks against the schema of SARIF 2.1.0 as Microsoft ships it, with all formats: what is wrong, or nothing. */
export function sarifValidator(): (log: unknown) => unknown {
  const require = createRequire(schema);
  const Ajv = require("ajv") as new (options: object) => {
    addMetaSchema(one: unknown): void;
    compile(one: unknown): Validate;
  };
  const ajv = new Ajv({ schemaId: "auto", allErrors: true });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
  const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
  return (log) => (validate(log) ? undefined : validate.errors);
}

export interface JunitSuites {
  tests: number;
  failures: number;
  testsuite: {
    name: string;
    tests: number;
    testcase: { name: string; file: string; line?: number; failure?: { message: string; inner: string }[] }[];
  }[];
}

/** junit2json, with which test reporters of build servers are written. */
export async function readJunit(xml: string): Promise<JunitSuites> {
  const { parse } = (await import(junit)) as { parse(xml: string): Promise<JunitSuites> };
  return parse(xml);
}

export interface Violation {
  file: string;
  line: number;
  column: number;
  severity: string;
  message: string;
}

/** Danger's reader of lint reports, which comments them in pull requests. */
export function readCheckstyle(xml: string): Violation[] {
  const require = createRequire(checkstyle);
  const { xml2js } = require("xml-js") as { xml2js(xml: string): unknown };
  const { parseCheckstyle } = require(checkstyle) as { parseCheckstyle(report: unknown, root: string): Violation[] };
  return parseCheckstyle(xml2js(xml), "/nowhere");
}

/** An element as Python's expat reads it, which takes nothing that XML 1.0 forbids. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  inside: Element[];
}

const python = `
import json, sys
import xml.etree.ElementTree as tree
def read(e): return {"name": e.tag, "attributes": e.attrib, "text": e.text or "", "inside": [read(i) for i in e]}
json.dump([read(tree.fromstring(one.encode())) for one in json.load(sys.stdin)], sys.stdout)
`;

export function readXml(documents: string[]): Element[] {
  const { stdout, stderr, status } = spawnSync("python3", ["-c", python], {
    input: JSON.stringify(documents),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Element[];
}
