import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";
import { hasTmux, openScreen, type Screen } from "./tmux.ts";

let program = "";
beforeAll(async () => {
  program = await bundle("prompts");
});
afterAll(() => rmSync(dirname(program), { recursive: true }));

const skip = !hasTmux && process.env["CI"] === undefined;

describe.skipIf(skip)(`on a terminal${skip ? " (skipped: no tmux)" : ""}`, { timeout: 30_000 }, () => {
  const screens: Screen[] = [];
  afterEach(() => screens.splice(0).forEach((screen) => screen.close()));
  function play(scene: string, set: Parameters<typeof openScreen>[2] = {}): Screen {
    const screen = openScreen(program, scene, set);
    screens.push(screen);
    return screen;
  }
  const keyLine = "k kill switch  m mitigate  u undo  n note  b back  s skip  e evidence  ? more";

  it("a menu proposes nothing by itself: Enter alone does nothing, arrows choose", async () => {
    const screen = play("menu");
    await screen.shows("? more");
    expect(screen.text()).toBe(
      [
        "What drives the cost?",
        "  1  It is loop",
        "  2  It is one",
        "  3  It is inflation",
        "  4  It is traffic",
        keyLine,
      ].join("\n"),
    );
    screen.keys("Enter", "Down");
    await screen.shows("❯ 1  It is loop");
    screen.keys("Down");
    await screen.shows("❯ 2  It is one");
    screen.keys("Down", "Up");
    await screen.shows("❯ 2  It is one");
    screen.keys("Enter");
    expect(await screen.ended()).toEqual({ told: { result: { value: "one" }, raw: false }, code: 0 });
    expect(screen.text()).toBe("What drives the cost? It is one");
  });

  it("the proposal is under the cursor, with its reason; Enter takes it", async () => {
    const screen = play("proposed");
    await screen.shows("❯ 3  It is inflation");
    expect(screen.text()).toContain("What drives the cost?     evidence proposes 3\n");
    screen.keys("Enter");
    expect((await screen.ended()).told["result"]).toEqual({ value: "inflation" });
  });

  it("a digit answers at once; one that is no choice does nothing", async () => {
    const screen = play("menu");
    await screen.shows("? more");
    screen.keys("9", "0", "4");
    expect((await screen.ended()).told["result"]).toEqual({ value: "traffic" });
  });

  it("with ten choices or more, digits add up and Enter answers; only a part is shown", async () => {
    const screen = play("many", { rows: 16 });
    await screen.shows("1-11 of 30");
    screen.keys("2", "7");
    await screen.shows("❯ 27  user 27");
    expect(screen.text().split("\n").length).toBeLessThanOrEqual(16);
    screen.keys("Enter");
    expect((await screen.ended()).told["result"]).toEqual({ value: "u27" });
    expect(screen.text()).toBe("Which user? user 27");
  });

  it.each(["k", "?"])("key %s answers by itself", async (key) => {
    const screen = play("menu");
    await screen.shows("? more");
    screen.keys("x", key);
    expect((await screen.ended()).told["result"]).toEqual({ key });
    expect(screen.text()).toMatch(/^What drives the cost\? [k?] (kill switch|more)$/);
  });

  it("a line is typed and corrected; Enter alone is empty", async () => {
    const screen = play("line");
    await screen.shows("apply:");
    screen.keys("s", "u", "x", "BSpace", "p", "Enter");
    expect((await screen.ended()).told["result"]).toBe("sup");
    expect(screen.text()).toBe("Type support.reply to apply: sup");
    const empty = play("line");
    await empty.shows("apply:");
    empty.keys("Enter");
    expect((await empty.ended()).told["result"]).toBe("");
  });

  it.each(["menu", "line", "pause"])("Ctrl-C and Ctrl-D leave a %s with 130 and a working terminal", async (scene) => {
    for (const key of ["C-c", "C-d"]) {
      const screen = play(scene);
      await screen.shows(/\? more|apply:|Settling/);
      await new Promise((resolve) => setTimeout(resolve, 200));
      screen.keys(key);
      expect(await screen.ended()).toEqual({
        told: { thrown: "Interrupted", code: 130, what: "interrupted", raw: false },
        code: 130,
      });
    }
  });

  it("Ctrl-C outside a prompt fires `interrupted`", async () => {
    const screen = play("wait", { before: "echo started" });
    await screen.shows("started");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    screen.keys("C-c");
    expect((await screen.ended()).told).toMatchObject({ thrown: "Interrupted", code: 130 });
  });

  it.each(["menu", "wait"])("a closed window ends a %s with 129", async (scene) => {
    const screen = play(scene, { before: "echo started" });
    await screen.shows(scene === "menu" ? "? more" : "started");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await screen.hangUp()).toMatchObject({ thrown: "Interrupted", code: 129 });
  });

  it("what was typed before a prompt opened is thrown away", async () => {
    const screen = play("ahead");
    await screen.shows("working");
    screen.keys("1", "Enter", "k", "Enter", "2");
    await screen.shows("? more");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(screen.text()).toContain(keyLine);
    screen.keys("3");
    expect((await screen.ended()).told["result"]).toEqual({ value: "inflation" });
  });

  it("a paste of five lines answers one prompt", async () => {
    const screen = play("lines");
    await screen.shows("First?");
    screen.paste("one\ntwo\nthree\nfour\nfive\n");
    await screen.shows("Second?");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(screen.text()).toBe("First? one\nSecond?");
    screen.keys("x", "Enter");
    await screen.shows("Third?");
    screen.keys("Enter");
    expect((await screen.ended()).told["result"]).toEqual(["one", "x", ""]);
  });

  it("a pause ends at a key, or by itself", async () => {
    const screen = play("pause");
    await screen.shows("Settling.");
    await new Promise((resolve) => setTimeout(resolve, 200));
    screen.keys("Enter");
    expect((await screen.ended()).told["result"]).toEqual({ key: "" });
    const named = play("pause");
    await named.shows("Settling.");
    await new Promise((resolve) => setTimeout(resolve, 200));
    named.keys("K");
    expect((await named.ended()).told["result"]).toEqual({ key: "k" });
    expect((await play("elapse").ended()).told["result"]).toBe("elapsed");
  });

  it("a spinner shows while work runs, and leaves nothing behind", async () => {
    const screen = play("during");
    await screen.shows(/⠋|⠙|⠹|⠸|⠼|⠴/);
    expect(screen.text()).toContain("reading metrics");
    expect((await screen.ended()).told["result"]).toBe("read");
    expect(screen.text()).toBe("");
    expect((await play("fails").ended()).told).toMatchObject({ thrown: "UserError", what: "nothing listens" });
  });

  it("a width of 0 is unknown: it asks as on 80 columns, and nothing hangs", async () => {
    const set = { before: "stty cols 0 rows 0" };
    const look = await play("look", set).ended();
    expect(look.told["result"]).toEqual({ interactive: true, columns: 80, unicode: true });
    expect((await play("during", set).ended()).told["result"]).toBe("read");
    const screen = play("menu", set);
    await screen.shows("? more");
    screen.keys("2");
    expect((await screen.ended()).told["result"]).toEqual({ value: "one" });
  });

  it("twenty columns are too few to ask", async () => {
    const { told, code } = await play("menu", { columns: 20 }).ended();
    expect(code).toBe(4);
    expect(told["what"]).toBe('"What drives the cost?" needs a terminal to be answered on');
  });

  it("keys are wrapped on a narrow terminal", async () => {
    const screen = play("menu", { columns: 40 });
    await screen.shows("? more");
    expect(screen.text()).toContain("\nk kill switch  m mitigate  u undo\nn note  b back  s skip  e evidence\n? more");
  });

  it("colour: on a terminal, not with NO_COLOR, TERM=dumb or --no-color", async () => {
    const red = "\u001b[31mfor people";
    const painted = async (set: Parameters<typeof openScreen>[2]) => {
      const screen = play("look", set);
      await screen.ended();
      return screen.painted();
    };
    expect(await painted({})).toContain(red);
    expect(await painted({ env: { NO_COLOR: "1" } })).toBe("for people\nfor programs");
    expect(await painted({ env: { TERM: "dumb" } })).toBe("for people\nfor programs");
    expect(await painted({ after: "--no-color" })).toBe("for people\nfor programs");
    const menu = play("menu", { env: { NO_COLOR: "1" } });
    await menu.shows("? more");
    expect(menu.painted()).not.toContain("\u001b[");
  });

  it("ASCII under LANG=C", async () => {
    const screen = play("proposed", { env: { LC_ALL: "C" } });
    await screen.shows("> 3  It is inflation");
    screen.keys("1");
    expect((await screen.ended()).told["result"]).toEqual({ value: "loop" });
  });

  it("a dumb terminal is asked in plain lines", async () => {
    const screen = play("menu", { env: { TERM: "dumb" } });
    await screen.shows("❯");
    screen.keys("9", "Enter", "3", "Enter");
    expect((await screen.ended()).told["result"]).toEqual({ value: "inflation" });
    const stopped = play("line", { env: { TERM: "dumb" } });
    await stopped.shows("apply:");
    stopped.keys("C-d");
    expect((await stopped.ended()).code).toBe(130);
  });
});

describe("without a terminal", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "llmops-piped-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  function run(scene: string, input: string, env: Record<string, string> = {}) {
    const out = join(folder, `${scene}.json`);
    const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
    const ran = spawnSync(process.execPath, [program, scene, out], {
      input,
      env: { ...rest, ...env },
      encoding: "utf8",
    });
    return { ...ran, told: JSON.parse(readFileSync(out, "utf8")) as Record<string, unknown> };
  }

  it.each(["menu", "line"])("a %s is refused, piped consent or not", (scene) => {
    for (const input of ["", "y\n", "\n"]) {
      const { status, told, stdout } = run(scene, input);
      expect([status, told["thrown"], stdout]).toEqual([4, "UserError", ""]);
    }
  });

  it("a pause only waits, and work is not decorated", () => {
    expect(run("elapse", "\n").told["result"]).toBe("elapsed");
    expect(run("during", "")).toMatchObject({ stdout: "", stderr: "", status: 0 });
  });

  it("has no colour unless it is forced", () => {
    expect(run("look", "")).toMatchObject({ stderr: "for people\n", stdout: "for programs\n" });
    expect(run("look", "", { FORCE_COLOR: "1" }).stdout).toBe("\u001b[31mfor programs\u001b[39m\n");
    expect(run("look", "", { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).toBe("for programs\n");
  });

  it("stdin is read to its end", () => {
    expect(run("input", '{"a": "ä"}\n').told["result"]).toBe('{"a": "ä"}\n');
  });

  it("ends quietly when the reader has seen enough", () => {
    const out = join(folder, "flood.json");
    const ran = spawnSync("sh", ["-c", `'${process.execPath}' '${program}' flood '${out}' | head -1`], {
      encoding: "utf8",
    });
    expect(ran).toMatchObject({ stdout: "line 0\n", stderr: "", status: 0 });
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ result: "done" });
  });
});
