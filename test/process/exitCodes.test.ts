import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exit, type ExitCode } from "../../src/errors.ts";
import { setStage, type Set } from "../scenario/stage.ts";

const routes = { "support.reply": { enabled: true, max_tokens: 4096 } };
const clamp = ["mitigate", "token-clamp", "--scope", "route=support.reply", "--reason", "x", "--yes"];
const now = [...clamp, "--wait", "none"];
const json = { "content-type": "application/json" };

/** What happens, and the code that the README promises for it. */
const situations: [ExitCode, says: string, argv: string[], set?: Set & { interrupt?: ExitCode }][] = [
  [0, "done", now],
  [1, "written, and not seen in effect", clamp],
  [1, "findings", ["runbook", "lint", "bad.yaml"], { files: { "bad.yaml": "id: [" } }],
  [2, "a flag that is not there", [...now, "--nonsense"]],
  [2, "a wrong project file", now, { project: "targetz: {}" }],
  [
    3,
    "the target has no such route",
    ["mitigate", "kill-switch", "--scope", "route=nowhere", "--reason", "x", "--yes"],
  ],
  [3, "the write is refused", now, { onWrite: () => ({ status: 403, headers: json, body: "{}" }) }],
  [4, "no terminal and no --yes", now.filter((word) => word !== "--yes")],
  [4, "declined", now.filter((word) => word !== "--yes"), { typed: [{ line: "to apply", text: "" }] }],
  [5, "changed by somebody else meanwhile", now, { onWrite: () => ({ status: 412, headers: json, body: "{}" }) }],
  [6, "neither as before nor as wanted", now],
  [129, "the terminal is gone", ["watch"], { interrupt: exit.hungUp }],
  [130, "Ctrl-C", ["watch"], { interrupt: exit.interrupted }],
  [143, "terminated", ["watch"], { interrupt: exit.terminated }],
];

describe("I18: exit codes", () => {
  it("are those of the README, each with a situation", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const table = readme.slice(readme.indexOf("## Exit codes")).matchAll(/^\| (\d+) \|/gm);
    const promised = [...table].map(([, code]) => Number(code));
    expect([...new Set(situations.map(([code]) => code as number))]).toEqual(promised);
    expect(Object.values(exit)).toEqual(promised);
  });

  it.each(situations)("%i: %s", async (code, _says, argv, { interrupt, ...set } = {}) => {
    const lies = code === 6 ? { onWrite: lie } : {};
    const stage = setStage({ routes: structuredClone(routes), ...set, ...lies });
    if (interrupt !== undefined) stage.world.interrupt(interrupt);
    expect([await stage.llmops(...argv), stage.world.terminal.screen]).toEqual([code, expect.anything()]);
    if (code === 3 || code === 4 || code === 5) expect(stage.live).toEqual(routes);
    if (code === 0) expect(stage.live["support.reply"]).toMatchObject({ max_tokens: 512 });

    /** It says yes, and writes something else. */
    function lie() {
      stage.live["support.reply"] = { enabled: true, max_tokens: 1 };
      return { status: 200, headers: json, body: "{}" };
    }
  });
});
