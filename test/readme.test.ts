import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { mitigations } from "../src/mitigations/index.ts";
import { parse } from "../src/program.ts";
import { parseProject } from "../src/project.ts";
import { sourceKinds } from "../src/sources/index.ts";
import { targetKinds } from "../src/targets/index.ts";
import { about, emptyFolder, program, read, root, type } from "./readme/files.ts";
import { blocks, passage, rows, shellLines, spans } from "./readme/markdown.ts";
import { differences } from "./readme/screen.ts";

const readme = read("README.md");

describe("the README's demo", () => {
  const [screen] = blocks(readme, "text") as [string[]];

  it("prints the screen that is shown, with … for all that is left out", async () => {
    const folder = emptyFolder();
    const { code, out } = await type(`${program} demo`, folder);
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    expect(differences(screen, out.split("\n"))).toEqual([]);
  });

  it("and a screen that is another is told by its lines", () => {
    const printed = [
      "A",
      "! burn  cost  $1 ▁▂▃▄▅",
      "What?   evidence proposes 2: x",
      "  1  Yes",
      "  2  No",
      "End 12:00",
    ];
    const shown = ["…", "", "  burn  cost  $20  ▁▁▁▁▁", "What?", "  1  Yes", "  …", "End 03:12"];
    expect(differences(shown, printed)).toEqual([]);
    expect(differences(shown.slice(1), printed)).toEqual(["  burn  cost  $20  ▁▁▁▁▁"]);
    expect(differences(shown.with(4, "  1  Perhaps"), printed)).toEqual(["  1  Perhaps"]);
    expect(differences(shown.toSpliced(5, 1), printed)).toEqual(["End 03:12"]);
  });
});

describe("what the README says", () => {
  it("of set-up is in package.json, and what CI runs", () => {
    const { scripts } = about;
    const lines = shellLines(readme).filter((line) => line.startsWith("npm"));
    expect(lines).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
    expect(scripts["demo"]).toBe(`node ${about.bin.llmops} demo`);
    expect(scripts["prepare"]).toBe("npm run build");
    expect(read(".ci/run").trimEnd().split("\n").slice(-3)).toEqual([
      "npm ci --no-audit --no-fund",
      "npm ci --no-audit --no-fund --ignore-scripts --prefix test/parts",
      "npm run check",
    ]);
    expect(scripts["check"]!.split(" && ")).toContain("npm test");
    expect(readme).toContain(`Node ${about.engines.node.replace(">=", "")} or newer`);
  });

  it("of Debian's packages is what CI installs", () => {
    const named = spans(passage(readme, "nothing, where Debian's", /are installed/));
    const installed = /<<'PARTS'\n([\s\S]*?)\nPARTS/.exec(read(".ci/run"))![1]!.split("\n");
    expect(named.filter((name) => !installed.some((line) => line.startsWith(`${name} `)))).toEqual([]);
    expect(named.length).toBeGreaterThan(3);
  });

  it("of commands in passing can be typed", () => {
    const lines = spans(readme).flatMap((text) => /^(?:npx )?llmops( [^"]*)?$/.exec(text)?.[0] ?? []);
    const wrong = lines.filter(
      (line) =>
        "problem" in
        parse(
          line
            .replace(/^(npx )?llmops ?/, "")
            .split(" ")
            .filter(Boolean),
        ),
    );
    expect(wrong).toEqual([]);
    expect(lines).toContain("llmops incident resume");
  });

  const kinds = (list: readonly { kind: string }[]) => list.map(({ kind }) => kind).sort();

  it("of the project file can be read, with every kind of source and target", async () => {
    const [yaml] = blocks(readme, "yaml") as [string[]];
    const { config, findings } = await parseProject(yaml.join("\n"), "llmops.yaml");
    expect(findings).toEqual([]);
    expect(kinds(Object.values(config!.sources))).toEqual(Object.keys(sourceKinds).sort());
    expect(kinds(Object.values(config!.targets))).toEqual(Object.keys(targetKinds).sort());
  });

  const yamlIn = (folder: string) =>
    readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".yaml") ? [basename(name, ".yaml")] : []));
  it.each([
    ["runbooks", passage(readme, "Six are shipped", /\. /), yamlIn("runbooks").filter((it) => !it.endsWith(".test"))],
    ["sources", passage(readme, "- **Sources**", /\n- /), Object.keys(sourceKinds)],
    ["targets", passage(readme, "- **Targets**", /\n- /), Object.keys(targetKinds)],
    ["mitigations", passage(readme, "There are `kill-switch`", /\.\n/), kinds(mitigations)],
    [
      "metric stacks",
      passage(readme, "metric stacks than", /\./),
      yamlIn("runbooks/signals").filter((it) => it !== "catalogue"),
    ],
  ])("of %s is all of them", (_, text, known) => expect(spans(text).sort()).toEqual(known.toSorted()));

  it("of metric names is in the stack's file", () => {
    const [stack, ...names] = spans(passage(readme, "- **Metric names**", / and their like/));
    expect(stack).toBe("stack: seed");
    expect(names.filter((name) => !read("runbooks/signals/seed.yaml").includes(name))).toEqual([]);
  });

  it("of exit codes is src/errors.ts", () => {
    const list = passage(read("src/errors.ts"), "export const exit = {", /\} as const/);
    const codes = [...list.matchAll(/(?:\/\*\* (.*?) \*\/\s+)?(\w+): (\d+),/g)].map(([, comment, name, code]) => ({
      code: code!,
      words: comment ?? name!.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    }));
    const table = rows(readme).filter(([code]) => /^\d+$/.test(code!));
    expect(table.map(([code]) => code)).toEqual(codes.map(({ code }) => code));
    expect(codes.filter(({ words }, i) => !table[i]![1]!.includes(words))).toEqual([]);
  });
});
