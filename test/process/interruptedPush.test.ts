import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { openRemote, type Remote } from "../targets/gitRemote.ts";
import { openPlace, type Place } from "../torture/place.ts";

let [remote, place] = [undefined as Remote | undefined, undefined as Place | undefined];
afterEach(() => {
  place?.remove();
  remote?.close();
});

/** A remote that takes `seconds` to take a commit, and the program that clamps a route there. */
function given(seconds: number) {
  remote = openRemote({ "routes.yaml": "routes:\n  support.reply: { max_tokens: 4096 }\n" });
  const marker = `${remote.folder}/pushing`;
  remote.hook("update", `touch ${marker}; sleep ${seconds}`);
  place = openPlace(`targets:
  config: { git: { path: ${remote.ours}, branch: main, file: routes.yaml, levers: { max_tokens: "/routes/{route}/max_tokens" } } }
defaults: { for: 30m, token-clamp: { max_tokens: 512 } }
`);
  const clamp = ["mitigate", "token-clamp", "--scope", "route=support.reply", "--reason", "cost", "--yes"];
  // a session of its own, so that all of its processes can be sent what a terminal sends
  const running = place.start(clamp, { under: ["setsid"] });
  return { running, pushing: () => existsSync(marker) };
}

/** Processes that work in one of the folders, or were told of it. */
function strays(folders: string[]): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const told = `${readlinkSync(`/proc/${pid}/cwd`)} ${readFileSync(`/proc/${pid}/cmdline`, "utf8")}`;
      return /^\d+$/.test(pid) && folders.some((folder) => told.includes(folder)) ? [told] : [];
    } catch {
      return [];
    }
  });
}

it("I04: Ctrl-C during a slow push lets it arrive, reads it back, and leaves no process behind", async () => {
  const { running, pushing } = given(2);
  await expect.poll(pushing, { timeout: 20_000 }).toBe(true);
  process.kill(-running.child.pid!, "SIGINT");
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain("m1 is being written: its answer is waited for, 5s at most");
  expect(stderr).toMatch(/In production because of CHG-\S+:\n {2}m1 {2}max_tokens 4096 → 512 .*\nInterrupted\.\n$/);
  expect(strays([remote!.folder, place!.folder])).toEqual([]);

  expect(remote!.text("routes.yaml")).toContain("512");
  expect(remote!.log("%s").split("\n")).toHaveLength(2);
  const events = place!
    .timeline()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; payload: object });
  const after = events.slice(events.findIndex(({ type }) => type === "intended"));
  expect(after.map(({ type }) => type)).toEqual(["intended", "written", "read-back", "noted", "closed"]);
  expect(after[1]!.payload).toMatchObject({ result: { written: true, version: remote!.log("%H", "-1") } });
  expect(after[2]!.payload).toMatchObject({ as: "applied", value: { is: 512 } });
});
