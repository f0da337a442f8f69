import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { listen, type Serving } from "../../src/world/server.ts";
import { program, type } from "../readme/files.ts";
import { hasTmux, openShell, type Screen } from "../world/tmux.ts";
import { answerFrom, project } from "./metrics.ts";

const skip = !hasTmux && process.env["CI"] === undefined;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(skip)(
  `llmops signal --watch on a terminal${skip ? " (skipped: no tmux)" : ""}`,
  { timeout: 60_000 },
  () => {
    const open: { screen?: Screen; store?: Serving; folder?: string } = {};
    afterEach(async () => {
      open.screen?.close();
      await open.store?.close();
      if (open.folder !== undefined) rmSync(open.folder, { recursive: true });
    });

    /** Ten dollars an hour; from the second round on, ninety. */
    async function watch(
      more: { shell?: true; hangs?: true; env?: Record<string, string>; before?: string; flags?: string } = {},
    ): Promise<Screen> {
      let rounds = 0;
      open.store = await listen({ host: "127.0.0.1", port: 0 }, async ({ method, path, body }) => {
        const url = path;
        if (more.hangs === true) await wait(60_000);
        const isNow = Number(new URLSearchParams(body).get("end")) > Date.now() / 1000 - 600;
        if (isNow) rounds++;
        const cost = rounds > 1 && isNow ? 90 : 10;
        const answer = method === "POST" ? answerFrom(() => [{ value: cost }], { url, body }) : undefined;
        return { status: 200, headers: {}, body: answer !== undefined && "body" in answer ? answer.body! : "" };
      });
      open.folder = mkdtempSync(join(tmpdir(), "llmops-signal-"));
      writeFileSync(
        join(open.folder, "llmops.yaml"),
        project.replace("http://metrics.test", open.store.url).replace("1s", "30s"),
      );
      const line = `${program} signal cost_per_hour --watch --window 15s ${more.flags ?? ""}`;
      const before = `${more.before ?? "echo before"}; cd '${open.folder}'`;
      return (open.screen = openShell(() => (more.shell === true ? "bash --norc" : line), {
        before,
        ...(more.env && { env: more.env }),
      }));
    }

    it("redraws in place, through a resize, and q gives the screen back with what was seen last", async () => {
      const screen = await watch();
      await screen.shows(/^! +cost_per_hour +\$90 /m);
      expect(screen.text()).not.toContain("before");
      expect(screen.text().match(/cost_per_hour/g)).toHaveLength(1);
      expect(screen.cursor()).toBe(false);
      screen.resize(44);
      await screen.shows(/^! cost_per_hour {2}\$90, usual .*×9\.0$/m);
      expect(screen.text().match(/cost_per_hour/g)).toHaveLength(1);
      screen.resize(80);
      await screen.shows(/^! +cost_per_hour +\$90 /m);
      screen.keys("x", "q");
      expect((await screen.ended()).code).toBe(0);
      expect(screen.text()).toMatch(/^before\n/);
      expect(screen.text().match(/cost_per_hour/g)).toHaveLength(1);
      expect(screen.text()).not.toContain("q leaves");
      expect(screen.cursor()).toBe(true);
    });

    it.each([
      ["q", 0],
      ["C-c", 130],
      ["C-d", 130],
    ])("%s leaves at once while an answer is waited for, with %i", async (key, code) => {
      const screen = await watch({ hangs: true });
      await screen.shows("Reading the signals");
      screen.keys(key);
      expect((await screen.ended()).code).toBe(code);
      expect(screen.text()).toMatch(/^before/);
      expect(screen.cursor()).toBe(true);
    });

    it("Ctrl-Z gives the screen back, and whoever continues sees the page again", async () => {
      const screen = await watch({ shell: true });
      screen.keys(`${program} signal cost_per_hour --watch --window 15s`, "Enter");
      await screen.shows(/q leaves/);
      screen.keys("C-z");
      await screen.shows(/^\[1\]\+ +Stopped/m);
      expect([screen.text().includes("q leaves"), screen.cursor()]).toEqual([false, true]);
      screen.keys("fg", "Enter");
      await screen.shows(/q leaves/);
      expect(screen.text().match(/cost_per_hour/g)).toHaveLength(1);
      screen.keys("q");
      await screen.shows(/Every query: --json\.\n.*[$#]$/);
      screen.keys("exit", "Enter");
      expect((await screen.ended()).code).toBe(0);
    });

    it.each([
      ["a dumb terminal", { env: { TERM: "dumb" } }],
      ["a window of 20 columns", { before: "stty cols 20" }],
      ["where stdout is no terminal", { flags: "| cat" }],
    ])("prints lines on %s", async (_, set) => {
      const screen = await watch(set);
      await screen.shows(/\$90/);
      expect(screen.text().replaceAll(/\s+/g, " ")).toMatch(/cost_per_hour \$10, usual.* ! cost_per_hour \$90, usual/);
      screen.keys("C-c");
      await screen.ended();
    });
  },
);

it("prints plain lines without a terminal, and no escape sequence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "llmops-signal-"));
  writeFileSync(join(folder, "llmops.yaml"), project.replace("http://metrics.test", "http://127.0.0.1:9"));
  const { code, out, err } = await type(`${program} signal cost_per_hour error_rat --watch`, folder);
  rmSync(folder, { recursive: true });
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("did you mean error_rate?");
});
