import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { File } from "./house/code.ts";
import { wrongDoors } from "./house/doors.ts";
import { wrongFloors } from "./house/floors.ts";
import { leaks } from "./house/leaks.ts";
import { wrongLists } from "./house/lists.ts";
import { defaultExports, emptyNames, longFiles, traces } from "./house/words.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const everything = read(root);
const source = everything.filter((it) => it.path.startsWith("src/") && it.path.endsWith(".ts"));
const code = everything.filter((it) => /^(src|test|bench)\/.*\.ts$/.test(it.path));

describe("the house", () => {
  it("imports only its own folder or a lower floor", () => expect(wrongFloors(source)).toEqual([]));
  it("has one door for each package", () => expect(wrongDoors(source)).toEqual([]));
  it("reaches the outside only through the world", () => expect(leaks(source)).toEqual([]));
  it("lists every kind in its folder's index.ts", () => expect(wrongLists(source)).toEqual([]));
  it("has names that say something", () => expect(emptyNames(code)).toEqual([]));
  it("has no default exports", () => expect(defaultExports(code)).toEqual([]));
  it("has no long files", () => expect(longFiles(source)).toEqual([]));
  it("holds no trace of a private machine", () => expect(traces(everything)).toEqual([]));
});

/** Each checker finds what is planted, by name, and nothing in a good neighbour. */
describe("the house test can fail", () => {
  const file = (path: string, text: string): File => ({ path, text });

  it("floors: up, sideways, nowhere", () => {
    expect(
      wrongFloors([
        file(
          "src/world/clock.ts",
          'import { exit } from "../errors.ts";\nimport type { Step } from "../steps/step.ts";\n',
        ),
        file("src/engine/walk.ts", 'const { burst } = await import("../gather/burst.ts");\n'),
        file("src/steps/ask.ts", 'import { a } from "./step.ts";\nexport * from "../lint/rule.ts";\n'),
        file("src/attic/box.ts", ""),
        file(
          "src/document/document.ts",
          'import { exit } from "../errors.ts";\nimport { x } from "../attic/box.ts";\n',
        ),
        file("src/project.ts", 'import { x } from "./runbook/runbook.ts";\n'),
      ]),
    ).toEqual([
      "src/world/clock.ts:2 imports src/steps/step.ts: up",
      "src/engine/walk.ts:1 imports src/gather/burst.ts: sideways",
      "src/steps/ask.ts:2 imports src/lint/rule.ts: up",
      "src/attic/box.ts stands on no floor (test/house/floors.ts)",
      "src/document/document.ts:2 imports src/attic/box.ts, which stands on no floor",
      "src/project.ts:1 imports src/runbook/runbook.ts: sideways",
    ]);
  });

  it("doors: the wrong file, a second file, an unknown package, node's own modules", () => {
    expect(
      wrongDoors([
        file("src/document/document.ts", 'import { parseDocument } from "yaml";\n'),
        file(
          "src/project.ts",
          'import { parse } from "yaml";\nimport { z } from "zod";\nimport { join } from "node:path";\n',
        ),
        file("src/queries/promql.ts", 'import { parser } from "@prometheus-io/lezer-promql";\n'),
        file("src/queries/logql.ts", 'import type { LRParser } from "@prometheus-io/lezer-promql";\n'),
        file("src/show/table.ts", 'import pad from "left-pad/x.js";\n'),
        file(
          "src/due.ts",
          'import { readFile } from "node:fs/promises";\nimport { createHash, randomUUID } from "node:crypto";\n',
        ),
        file(
          "src/world/files.ts",
          'import { open } from "node:fs/promises";\nimport { randomBytes } from "node:crypto";\n',
        ),
        file("src/sources/prometheus.ts", 'const { request } = await import("undici");\n'),
      ]),
    ).toEqual([
      "src/project.ts:1 imports yaml: its door is src/document/document.ts",
      "src/queries/logql.ts:1 imports @prometheus-io/lezer-promql, as src/queries/promql.ts already does",
      "src/show/table.ts:1 imports left-pad, which has no door (test/house/doors.ts)",
      "src/due.ts:1 imports node:fs/promises: only src/world/ may",
      "src/due.ts:2 takes randomUUID from node:crypto: only src/world/ may",
      "src/sources/prometheus.ts:1 imports undici: its door is src/world/http.ts",
    ]);
  });

  it("leaks: clock, chance, timers, process, console; not words that only look like them", () => {
    const leaky = [
      "const a = Date.now();",
      "const b = new Date();",
      "const c = Math.random();",
      "setTimeout(() => {}, 1);",
      "const d = process.env;",
      'console.log("x");',
      "const e = Date();",
      "const f = { process };",
      "const g = AbortSignal.timeout(5);",
    ];
    const fine = [
      "const a = new Date(0);",
      "// Date.now() and process.env",
      'const b = "console.log";',
      "const c = { process: 1, now: 2 };",
      "const d = c.process + world.clock.now();",
      "interface E { process: number }",
    ];
    expect(leaks([file("src/due.ts", leaky.join("\n"))])).toEqual(
      [
        "Date.now",
        "new Date()",
        "Math.random",
        "setTimeout",
        "process",
        "console",
        "Date()",
        "process",
        "AbortSignal.timeout",
      ].map((name, i) => `src/due.ts:${i + 1} uses ${name}: only src/world/ may`),
    );
    expect(leaks([file("src/due.ts", fine.join("\n")), file("src/world/clock.ts", leaky.join("\n"))])).toEqual([]);
    expect(leaks([file("src/main.ts", "process.exitCode = 1;\nconsole.log(1);")])).toEqual([
      "src/main.ts:2 uses console: only src/world/ may",
    ]);
  });

  it("lists: a forgotten line, a wrong file name, a wrong export", () => {
    const kind = (name: string, exported: string) =>
      `export const ${exported}: StepKind = { kind: "${name}", summary: "s", run() {} };`;
    expect(
      wrongLists([
        file(
          "src/steps/index.ts",
          'import { ask } from "./ask.ts";\nimport { wait } from "./wait.ts";\nexport const steps = [ask];',
        ),
        file("src/steps/ask.ts", kind("ask", "ask")),
        file("src/steps/wait.ts", kind("wait", "wait")),
        file("src/steps/sample.ts", kind("logs", "logs")),
        file("src/steps/continueStep.ts", kind("continue", "continueStep")),
        file("src/steps/step.ts", "export const settling = Symbol();"),
        file(
          "src/mitigations/index.ts",
          'import { killSwitch } from "./killSwitch.ts";\nexport const all = { killSwitch };',
        ),
        file("src/mitigations/killSwitch.ts", kind("kill-switch", "killSwitch")),
        file("src/mitigations/tokenClamp.ts", kind("token-clamp", "clamp")),
        file("src/commands/index.ts", "export const commands = [];"),
        file(
          "src/commands/incidentStart.ts",
          'export const incidentStart = command({ name: "incident start", summary: "s" });',
        ),
        file("src/commands/now.ts", 'export const now = command({ name: "", summary: "s" });'),
        file("src/sinks/file.ts", 'export const file = { name: "file", summary: "s" } satisfies Sink;'),
        file(
          "src/targets/index.ts",
          'export const kinds = { file: async () => (await import("./file.ts")).file, git: () => import("./git.ts") };',
        ),
        file("src/targets/file.ts", 'export const file: TargetKind = { kind: "file", summary: "s" };'),
        file("src/targets/git.ts", 'export const git: TargetKind = { kind: "git", summary: "s" };'),
      ]),
    ).toEqual([
      'src/steps/index.ts does not list wait ("wait" of src/steps/wait.ts)',
      'src/steps/sample.ts: "logs" belongs in src/steps/logs.ts',
      'src/steps/index.ts does not list continueStep ("continue" of src/steps/continueStep.ts)',
      'src/targets/index.ts does not list git ("git" of src/targets/git.ts)',
      'src/mitigations/tokenClamp.ts: "token-clamp" is exported as clamp, not tokenClamp',
      'src/sinks/index.ts does not list file ("file" of src/sinks/file.ts)',
      'src/commands/index.ts does not list incidentStart ("incident start" of src/commands/incidentStart.ts)',
      'src/commands/index.ts does not list now ("" of src/commands/now.ts)',
    ]);
  });

  it("names, default exports, length, traces", () => {
    expect(
      emptyNames([file("src/show/tableUtils.ts", ""), file("src/common/x.ts", ""), file("src/commonest.ts", "")]),
    ).toEqual([
      'src/show/tableUtils.ts: "utils" says nothing about what is inside',
      'src/common/x.ts: "common" says nothing about what is inside',
    ]);
    expect(
      defaultExports([file("src/a.ts", "export default 1;"), file("src/b.ts", 'const x = "export default";')]),
    ).toEqual(["src/a.ts has a default export"]);
    expect(longFiles([file("src/a.ts", "\n".repeat(251)), file("src/b.ts", "\n".repeat(250))])).toEqual([
      "src/a.ts has 251 lines, more than 250",
    ]);
    expect(
      traces([
        file("README.md", "fine\nsee /work" + "/main/x"),
        file("docs/a.md", "https://example.com/work/x"),
        file("package-lock.json", '{ "resolved": "https://x" }'),
      ]),
    ).toEqual(['README.md:2 mentions "/work' + '/"', 'package-lock.json names a registry ("resolved")']);
  });
});

/** Every text file of the package, except what is made or installed. */
function read(folder: string): File[] {
  const skipped = new Set([".git", "node_modules", "dist", ".llmops", "llmops-demo", "coverage"]);
  return readdirSync(folder, { withFileTypes: true }).flatMap((it) => {
    const path = join(folder, it.name);
    if (skipped.has(it.name)) return [];
    if (it.isDirectory()) return read(path);
    if (!it.isFile() || /\.(gz|png)$/.test(it.name)) return [];
    return [{ path: relative(root, path), text: readFileSync(path, "utf8") }];
  });
}
