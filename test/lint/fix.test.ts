import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runbookLint } from "../../src/commands/runbookLint.ts";
import type { Finding } from "../../src/document/document.ts";
import { applyFixes } from "../../src/lint/fix.ts";
import { slipOf } from "../../src/lint/slip.ts";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { realFiles } from "../../src/world/files.ts";
import { fakeWorld } from "../fake/world.ts";

const good = readFileSync("runbooks/cost-spike.yaml", "utf8");
const bad = good.replace("nothing: { burn: healthy }", "nothing: { brun: helthy }");

async function fix(files: Record<string, string>, ...argv: string[]) {
  const world = fakeWorld({ files });
  const code = await run(parse(["runbook", "lint", "--fix", ...argv], [runbookLint]) as never, world);
  return { code, world, screen: world.terminal.screen, output: world.terminal.output };
}

describe("llmops runbook lint --fix", () => {
  it("writes what is certain, also what comes to light by it, and says what", async () => {
    const { code, world, screen } = await fix({ "a/x.yaml": bad }, "a");
    expect(world.files.text("/home/dana/shop/a/x.yaml")).toBe(good);
    const line = bad.split("\n").findIndex((one) => one.includes("brun")) + 1;
    expect(screen).toBe(
      `a/x.yaml:${line}: fixed unknown-id\na/x.yaml:${line}: fixed unknown-outcome\n1 runbook, no findings\n`,
    );
    expect(code).toBe(0);
  });

  it.each([
    ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["a byte order mark", (text: string) => `\ufeff${text}`],
    ["no line end at the end", (text: string) => text.trimEnd()],
    ["quotes", (text: string) => text.replace(/nothing: \{ (brun|burn):/, 'nothing: { "$1":')],
    ["other scripts", (text: string) => text.replace("title: Cost spike", "title: Coût 💸 שלום")],
  ])("keeps every other byte: %s", async (_, write) => {
    const { world } = await fix({ "a/x.yaml": write(bad) }, "a");
    expect(world.files.text("/home/dana/shop/a/x.yaml")).toBe(write(good));
  });

  it.each([
    ["the word is no slip, but another word", bad.replace("brun", "calls-of-users").replace("helthy", "healthy")],
    [
      "two are as near",
      good
        .replace("  burn: cost_per_hour\n", "  burn: cost_per_hour\n  cabll: request_rate\n  caxll: request_rate\n")
        .replace("{ burn: healthy }", "{ call: healthy }"),
    ],
    [
      "it would be there twice then",
      good.replace("{ per-call: unhealthy, calls: healthy }", "{ calls: unhealthy, clals: healthy }"),
    ],
    [
      "it is not written there, but repeated from elsewhere",
      good
        .replace("nothing: { burn: healthy }", "nothing: { burn: &h helthy }")
        .replace("loop: { loops: unhealthy }", "loop: { loops: *h }")
        .replace("&h helthy", "&h hlth"),
    ],
  ])("writes nothing where %s", async (_, text) => {
    const { code, world } = await fix({ "a/x.yaml": text }, "a");
    expect(code).toBe(1);
    expect(world.files.text("/home/dana/shop/a/x.yaml")).toBe(text);
  });

  it("touches nothing that was not named, and nothing that is suppressed", async () => {
    const line =
      "    # llmops-disable-next-line unknown-id, unknown-outcome: to be mended on Monday\n        nothing: {";
    const held = bad.replace("        nothing: {", line).replace("    # llmops", "        # llmops");
    const { world } = await fix({ "a/x.yaml": held, "b/x.yaml": bad, "llmops.yaml": "runbooks: b\n" }, "a");
    expect(world.files.text("/home/dana/shop/a/x.yaml")).toBe(held);
    expect(world.files.text("/home/dana/shop/b/x.yaml")).toBe(bad);
  });

  it("says what it changed before it had to stop", async () => {
    const world = fakeWorld({ files: { "a/1.yaml": bad, "a/2.yaml": bad.replace("id: cost-spike", "id: two") } });
    world.files.failWrites = (path) => (path.endsWith("2.yaml") ? "permission denied" : undefined);
    const code = await run(parse(["runbook", "lint", "--fix", "a"], [runbookLint]) as never, world);
    expect(code).toBe(3);
    const said = world.terminal.screen.replace(/\s+/g, " ");
    expect(said).toContain("--fix stopped: cannot write /home/dana/shop/a/2.yaml: permission denied");
    expect(said).toMatch(/Changed before: a\/1\.yaml:\d+: fixed unknown-id/);
    expect(world.files.text("/home/dana/shop/a/1.yaml")).not.toBe(bad);
    expect(world.files.text("/home/dana/shop/a/2.yaml")).toContain("brun");
  });

  it("replaces no symbolic link and nothing that may not be written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "llmops-fix-"));
    onTestFinished(() => {
      chmodSync(join(folder, "shut"), 0o700);
      rmSync(folder, { recursive: true });
    });
    mkdirSync(join(folder, "shut"));
    writeFileSync(join(folder, "elsewhere.yaml"), bad);
    symlinkSync("elsewhere.yaml", join(folder, "link.yaml"));
    writeFileSync(join(folder, "shut/x.yaml"), bad);
    chmodSync(join(folder, "shut"), 0o500);
    const root = process.getuid?.() === 0;
    for (const [path, why] of [
      ["link.yaml", "symbolic link"],
      ...(root ? [] : [["shut/x.yaml", "permission denied"]]),
    ] as const) {
      const world = { ...fakeWorld({ cwd: folder }), files: realFiles };
      const code = await run(parse(["runbook", "lint", "--fix", path], [runbookLint]) as never, world);
      expect(code).toBe(3);
      expect(world.terminal.screen).toContain("--fix stopped");
      expect(world.terminal.screen.replace(/\s+/g, " ")).toContain(why);
    }
    expect(readFileSync(join(folder, "elsewhere.yaml"), "utf8")).toBe(bad);
    expect(readFileSync(join(folder, "shut/x.yaml"), "utf8")).toBe(bad);
  });
});

describe("applyFixes", () => {
  const at = (start: number, end: number, text: string) => ({ fix: { start, end, text } }) as Finding;
  it.each<[string, Finding[], string]>([
    ["in any order", [at(4, 5, "E"), at(0, 1, "A")], "AbcdEf"],
    ["of two that overlap the first", [at(1, 4, "-"), at(3, 5, "+")], "a-ef"],
    ["of two in the same place one", [at(2, 2, "x"), at(2, 2, "y")], "abxcdef"],
    ["not what is suppressed", [{ ...at(0, 6, ""), suppressed: { reason: "r" } }], "abcdef"],
  ])("%s", (_, findings, wanted) => expect(applyFixes("abcdef", findings).text).toBe(wanted));
});

describe("slipOf", () => {
  it.each([
    ["brun", ["burn", "calls"], "burn"],
    ["unhealty", ["healthy", "unhealthy"], "unhealthy"],
    ["clalls", ["calls"], "calls"],
    ["users", ["user"], undefined],
    ["user", ["users"], undefined],
    ["step-2", ["step-1"], undefined],
    ["road-path", ["read-path"], undefined],
    ["cals", ["calls", "cabls"], undefined],
    ["fasle", ["false"], undefined],
    ["abc", ["acb"], undefined],
  ])("%s among %s: %s", (word, known, by) =>
    expect(slipOf(word, known)).toEqual(by === undefined ? undefined : { word, by }),
  );
});
