import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openConfigApi, type ConfigApi } from "../torture/configApi.ts";
import { bin, type Place } from "../torture/place.ts";
import { bundle } from "../world/bundle.ts";
import { hasTmux, openScreen, openShell, type Screen } from "../world/tmux.ts";
import { onTerminal, openNight, pidIn } from "./night.ts";

const skip = !hasTmux && process.env["CI"] === undefined;

describe.skipIf(skip)(`on a terminal${skip ? " (skipped: no tmux)" : ""}`, { timeout: 60_000 }, () => {
  let api: ConfigApi;
  let place: Place;
  let program = "";
  const screens: Screen[] = [];
  beforeAll(async () => {
    program = await bundle("prompts");
  });
  afterAll(() => rmSync(dirname(program), { recursive: true }));
  afterEach(async () => {
    screens.splice(0).forEach((screen) => screen.close());
    place?.remove();
    await api?.close();
  });
  const show = (screen: Screen) => (screens.push(screen), screen);
  const documents = {
    "/routes/support.reply": '{"max_tokens": 4096, "enabled": true}',
    "/routes": '["support.reply"]',
    "/blocked": "[]",
  };
  async function night(): Promise<void> {
    api = await openConfigApi({ documents });
    place = openNight(api.url);
  }
  const lastFact = () => JSON.parse(place.timeline().trim().split("\n").at(-1)!) as { type: string; payload: object };
  const typed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it("I03, I06: Ctrl-C and Ctrl-D leave each kind of prompt with 130, the terminal as it was, and what was changed", async () => {
    await night();
    const apply = /Type .* to apply/;
    const walks: [argv: string, ...keys: [shows: string | RegExp, key: string][]][] = [
      ["incident start", ["What is it?", "C-c"]],
      ["incident start night", ["? more", "C-d"]],
      ["incident start night", ["? more", "n"], ["note:", "C-c"]],
      ["incident start night", ["? more", "2"], ["route?", "1"], [apply, "C-c"]],
      [
        "mitigate kill-switch --scope route=support.reply --scope tenant=acme --reason x",
        [/Type support.reply to apply/, "C-c"],
      ],
      ["incident close", ["Which incident?", "C-c"]],
    ];
    for (const [argv, ...keys] of walks) {
      const screen = show(onTerminal(place, argv, { rows: 60 }));
      for (const [shows, key] of keys) {
        await screen.shows(shows);
        await typed(250);
        screen.keys(key);
      }
      expect([argv, (await screen.ended()).code]).toEqual([argv, 130]);
      expect(screen.text()).toMatch(/Interrupted\. It changed nothing in production\.$/);
      expect([argv, screen.cursor()]).toEqual([argv, true]);
      const [before, after] = ["stty.before", "stty.after"].map((name) =>
        readFileSync(join(place.folder, name), "utf8"),
      );
      expect(after).toBe(before);
      if (argv.startsWith("incident start night"))
        expect(lastFact()).toMatchObject({
          type: "noted",
          payload: { text: expect.stringContaining("left by Ctrl-C") },
        });
    }
    expect(api.writes()).toEqual([]);
    expect(api.documents.get("/routes/support.reply")).toBe(documents["/routes/support.reply"]);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGQUIT", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("I05: %s at an open menu ends it with %i, and the terminal is as it was", async (signal, code) => {
    await night();
    const screen = show(onTerminal(place, "incident start night"));
    await screen.shows("? more");
    await typed(250);
    process.kill(pidIn(place), signal);
    expect((await screen.ended()).code).toBe(code);
    expect(screen.text()).toMatch(/Interrupted\. It changed nothing in production\.$/);
    expect(screen.cursor()).toBe(true);
    const [before, after] = ["stty.before", "stty.after"].map((name) => readFileSync(join(place.folder, name), "utf8"));
    expect(after).toBe(before);
    expect(lastFact()).toMatchObject({ type: "noted" });
  });

  it("I04, A11: a second Ctrl-C leaves a write at once, on a terminal as it was, and closing the window tells the record", async () => {
    api = await openConfigApi({ documents, script: ({ write }) => (write > 0 ? { hang: true } : undefined) });
    place = openNight(api.url);
    const argv = "mitigate kill-switch --scope route=support.reply --reason x --yes";
    const screen = show(onTerminal(place, argv, { rows: 60 }));
    for (let tries = 0; tries < 400 && api.writes().length < 1; tries++) await typed(25);
    screen.keys("C-c");
    await screen.shows("Ctrl-C again leaves at once");
    screen.keys("C-c");
    expect((await screen.ended()).code).toBe(130);
    expect(screen.text()).toContain("Left at once.");
    expect(screen.cursor()).toBe(true);
    const [before, after] = ["stty.before", "stty.after"].map((name) => readFileSync(join(place.folder, name), "utf8"));
    expect(after).toBe(before);
    expect(lastFact().type).toBe("intended");

    const window = show(onTerminal(place, argv.replace("kill-switch", "token-clamp"), { rows: 60 }));
    await window.shows("intended");
    const pid = pidIn(place);
    for (let tries = 0; tries < 400 && api.writes().length < 2; tries++) await typed(25);
    window.close();
    for (let tries = 0; tries < 400 && existsSync(`/proc/${pid}`); tries++) await typed(25);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(place.timeline()).toContain("left by a terminal that was closed");
    expect(api.writes()).toHaveLength(2);
  });

  it("I13: TERM=dumb asks in plain lines, without a movement of the cursor", async () => {
    await night();
    const shell = `script -qc "'${process.execPath}' '${bin}' incident start night" told`;
    const screen = show(openShell(() => shell, { env: { TERM: "dumb" }, before: `cd '${place.folder}'` }));
    await screen.shows("? more");
    await typed(300);
    screen.keys("n", "Enter");
    await screen.shows("note:");
    await typed(300);
    screen.keys("plain", "Enter");
    await screen.shows("note: plain");
    await typed(300);
    screen.keys("C-c");
    await screen.shows("Interrupted.");
    expect(readFileSync(join(place.folder, "told"), "utf8")).not.toContain("\u001b");
    expect(place.timeline()).toContain('"plain"');
  });

  it("I06: Ctrl-Z stops it in a menu, in a line and in a wait, and after fg it goes on where it was", async () => {
    await night();
    const env = { HOME: place.folder, PS1: "shell> ", TERM: "xterm-256color" };
    const screen = show(
      openShell(() => "bash --norc --noprofile -i", { env, before: `cd '${place.folder}'`, rows: 60 }),
    );
    const stopped = async () => {
      screen.keys("C-z");
      await screen.shows(/Stopped.*\n(.*\n)*shell>$/);
      screen.keys("clear; stty -a", "Enter");
      await screen.shows(/[^-]icanon/);
      expect(screen.text()).toMatch(/[^-]echo /);
      expect(screen.cursor()).toBe(true);
      screen.keys("clear; fg", "Enter");
    };
    await screen.shows("shell>");
    screen.keys(`'${process.execPath}' '${bin}' incident start night`, "Enter");
    await screen.shows("? more");
    await typed(250);
    screen.keys("Escape", "Down", "Down");
    await screen.shows("❯ 2  More tokens per call");
    await stopped();
    await screen.shows("❯ 2  More tokens per call");
    await typed(300);
    screen.resize(50);
    screen.keys("Up");
    await screen.shows("❯ 1  Calls repeat themselves");
    screen.keys("n");
    await screen.shows("note:");
    await typed(250);
    screen.keys("half a n");
    await screen.shows("half a n");
    await stopped();
    await screen.shows("note: half a n");
    await typed(300);
    screen.keys("ote", "Enter");
    await screen.shows(/\d note: half a note/);
    expect(place.timeline()).toContain('"half a note"');
    await typed(300);
    screen.keys("k");
    await screen.shows("route?");
    await typed(300);
    screen.keys("1");
    await screen.shows(/Type .* to apply/);
    await typed(300);
    await stopped();
    await screen.shows(/Type .* to apply/);
    await typed(300);
    screen.keys("C-c");
    await screen.shows("Interrupted. It changed nothing in production.");
    expect(api.writes()).toEqual([]);
  });

  it("I06: in a wait, Ctrl-Z and fg too", async () => {
    const env = { PS1: "shell> ", TERM: "xterm-256color" };
    const screen = show(openShell((out) => `OUT='${out}' bash --norc --noprofile -i`, { env }));
    await screen.shows("shell>");
    screen.keys(`clear; '${process.execPath}' '${program}' settle $OUT`, "Enter");
    await screen.shows("Settling.");
    await typed(300);
    screen.keys("C-z");
    await screen.shows(/Stopped/);
    screen.keys("clear; fg", "Enter");
    await screen.shows("Settling.");
    await typed(300);
    screen.keys("x");
    await screen.shows(/shell>$/);
    screen.keys("cat $OUT", "Enter");
    await screen.shows('"result":"key"');
    expect(screen.text()).not.toContain('"raw":true');
  });

  it("I06: a paste answers no menu and ends no line, however it arrives", async () => {
    const menu = show(openScreen(program, "proposed"));
    await menu.shows("❯ 3");
    await typed(200);
    menu.paste("1\n2\nk\n\ny\n", "marked");
    await typed(400);
    expect(menu.text()).toContain("❯ 3  It is inflation");
    menu.keys("2");
    expect((await menu.ended()).told["result"]).toEqual({ value: "one" });

    const line = show(openScreen(program, "lines"));
    await line.shows("First?");
    await typed(200);
    line.paste("one\ntwo\n\u0007three\ty\nfour\nfive\n", "marked");
    await line.shows("First? one two three y four five");
    await typed(400);
    expect(line.text()).not.toContain("Second?");
    line.keys("Enter");
    await line.shows("Second?");
    // from a terminal that marks nothing, in pieces
    await typed(200);
    for (const piece of ["six\n", "y\n", "y\n"]) {
      line.paste(piece);
      await typed(80);
    }
    await line.shows("Third?");
    await typed(800);
    expect(line.text()).toMatch(/Second\? six\nThird\?$/);
    line.keys("seven", "Enter");
    expect((await line.ended()).told["result"]).toEqual(["one two three y four five", "six", "seven"]);
  });

  it("I06: a key that is held down answers one prompt", async () => {
    const screen = show(openScreen(program, "held"));
    await screen.shows("❯ 3");
    for (let n = 0; n < 25; n++) {
      screen.keys("Enter");
      await typed(40);
    }
    await screen.shows(/What drives the cost\? It is inflation\n(.*\n)*❯ 3/);
    await typed(300);
    screen.keys("1");
    expect((await screen.ended()).told["result"]).toEqual([{ value: "inflation" }, { value: "loop" }]);
  });
});
