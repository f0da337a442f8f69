import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { mitigations } from "../../src/mitigations/index.ts";
import { floors } from "../house/floors.ts";
import { listed } from "../house/lists.ts";
import { about, read, root } from "./files.ts";
import { blocks, rows, spans } from "./markdown.ts";

const contributing = read("CONTRIBUTING.md");
const changelog = read("CHANGELOG.md");

describe("CONTRIBUTING.md", () => {
  const kinds = rows(contributing).flatMap(([, file, line, shape]) =>
    shape === undefined ? [] : [{ file: spans(file!)[0]!, exports: [spans(line!), spans(shape)] }],
  );
  const examples = [...kinds.map(({ file }) => file), "test/lint/stale-review.yaml"];

  it("names files that are there, and as new ones only such that are not", () => {
    const quoted = /^`src\/steps\/index.ts does not list .*$/m;
    const words = spans(contributing.replace(quoted, "")).flatMap((span) => span.split(" "));
    const paths = words.filter((it) => /^(src|test|bench|runbooks|\.ci)\/[\w./-]*$/.test(it));
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => existsSync(join(root, path)) === examples.includes(path))).toEqual([]);
  });

  it("says for every list where its line goes, and which shape is wanted", () => {
    // the themes of lint rules are alike: one stands for all
    const themes = /^lint\/(?!kinds$|safety$)/;
    expect(kinds.map(({ file }) => dirname(file)).sort()).toEqual(
      listed.flatMap((it) => (themes.test(it) ? [] : `src/${it}`)).sort(),
    );
    const missing = kinds
      .flatMap(({ exports }) => exports)
      .filter(([name, path]) => {
        const word = name!.replace("(…)", "");
        return !new RegExp(`export (const|function|interface) ${word}\\b`).test(read(path!));
      });
    expect(missing).toEqual([]);
  });

  it("draws the floors that the house test enforces, in their order", () => {
    const house = blocks(contributing, "").find(([top]) => top!.includes("main.ts"))!;
    const lineOf = (room: string) => house.findIndex((line) => line.split(/\s+/).includes(room));
    const upper = floors.slice(1);
    expect(upper.flat().filter((room) => lineOf(room) < 0)).toEqual([]);
    const heights = upper.map((rooms) => new Set(rooms.map(lineOf)));
    expect(heights.filter(({ size }) => size > 1)).toEqual([]);
    const drawn = heights.map(([line]) => line!);
    expect(drawn).toEqual(drawn.toSorted((a, b) => b - a));
  });

  it("quotes a test by its name", () => {
    const quotes = [...contributing.matchAll(/vitest run (\S+)`, with `-t "([^"]+)"`/g)];
    expect(quotes).toHaveLength(1);
    for (const [, path, name] of quotes) expect(read(path!)).toContain(`it("${name}"`);
  });

  it("is right that the help of mitigate names every mitigation", () => {
    const mitigate = commands.find(({ name }) => name === "mitigate")!;
    expect(mitigate.args!["kind"]!.summary).toBe(mitigations.map(({ kind }) => kind).join(", "));
  });

  it("says what a check is, in its order", () => {
    const script = about.scripts["check"]!.replace("npm test", about.scripts["test"]!);
    const parts = ["format:check", "lint", "types", "build", "vitest run", "runbooks"];
    expect(script).toBe(parts.map((it) => (it.startsWith("vitest") ? it : `npm run ${it}`)).join(" && "));
    expect(contributing).toContain("what CI runs: format, lint, types, build, tests, shipped runbooks");
  });
});

describe("CHANGELOG.md", () => {
  it("has an entry for the version of the package, as its newest", () => {
    const versions = [...changelog.matchAll(/^## (\S+)/gm)].map(([, version]) => version!);
    expect(versions.find((it) => it !== "Unreleased")).toBe(about.version);
  });

  it("names commands that are there", () => {
    const known = new Set(commands.map(({ name }) => `llmops ${name}`.trim()));
    const named = spans(changelog).filter((it) => it.startsWith("llmops"));
    expect(named.filter((it) => !known.has(it))).toEqual([]);
  });
});

describe.each(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])("%s", (name) => {
  const text = read(name);

  it("links to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("names scripts that are there", () => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!);
    expect(named.filter((script) => about.scripts[script] === undefined)).toEqual([]);
  });
});
