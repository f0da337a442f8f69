import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { run } from "../../src/run.ts";
import { fakeWorld } from "../fake/world.ts";
import { setStage, type Stage } from "../scenario/stage.ts";

const key = `sk-${"ant"}-api03-${"q7R".repeat(20)}`;
const mail = "erin.example@example.com";
const change = (kind: string, ...more: string[]) =>
  ["mitigate", kind, "--scope", "route=support.reply", "--reason", "test", "--yes", "--wait", "none", ...more] as const;
const told = ({ world }: Stage) => world.terminal.screen.replaceAll(/\s+/g, " ");
const stored = ({ world }: Stage) => JSON.stringify(world.files.all());

describe("K03: a value that looks like a secret", () => {
  it.each([
    ["is found", { model: key }, []],
    ["is wanted", { model: "big" }, ["--with", `model=${key}`]],
    ["has a name that says so", { model: { name: "big", api_key: "Tr0ub4dor33" } }, []],
  ])("is not changed where it %s: what cannot be recorded cannot be undone", async (_, settings, more) => {
    const stage = setStage({ routes: { "support.reply": settings } });
    expect(await stage.llmops(...change("model-switch", ...more))).toBe(3);
    expect(stage.writes).toEqual([]);
    expect(stage.live["support.reply"]).toEqual(settings);
    expect(told(stage)).toMatch(/model holds what looks like a secret: it could not be recorded/);
    expect(told(stage)).toMatch(/production changed: no next: change it by hand/);
    expect(stored(stage) + told(stage)).not.toMatch(/q7Rq7R|Tr0ub4dor33/);
  });

  it("is not taken for one where it names a person: it is changed, and put back exactly", async () => {
    const project = `
targets:
  gateway: { http: { url: "http://gateway.test:8080", levers: { model: { at: "/routes/{route}", pointer: /model } } } }
models: ["+1 212 555 0100"]
`;
    const stage = setStage({ project, routes: { "support.reply": { model: mail } } });
    expect(await stage.llmops(...change("model-switch", "--with", "model=+1 212 555 0100"))).toBe(0);
    expect(stage.live["support.reply"]).toEqual({ model: "+1 212 555 0100" });
    const [id] = await stage.world.files.list(`${stage.world.cwd}/.llmops/incidents`);
    expect(await stage.llmops("mitigation", "undo", "m1", "--incident", id!, "--yes")).toBe(0);
    expect(stage.live["support.reply"]).toEqual({ model: mail });
  });
});

describe("K01: what ends a command", () => {
  const GATE = "quiet-lantern+elsewhere/88";
  const failing = async (thrown: unknown, json: boolean) => {
    const world = fakeWorld({ env: { GATE_TOKEN: GATE }, columns: 40 });
    const command = { name: "", summary: "", group: "Respond" as const, run: async () => Promise.reject(thrown) };
    await run({ command, input: { args: {}, options: {}, json }, json, color: false }, world);
    return { screen: world.terminal.screen, output: world.terminal.output };
  };
  const text = `asked with Bearer ${GATE} at https://svc:${"Zk9x".repeat(6)}@host and ${key}`;

  it.each([
    ["an error", new UserError({ what: text, details: [text], next: text })],
    ["a bug, with its stack", Object.assign(new Error(text), { stack: `Error: ${text}\n    at f (file:1:1)` })],
    ["a thing that is no error", text],
  ])("shows no secret: %s", async (_, thrown) => {
    for (const json of [false, true]) {
      const { screen, output } = await failing(thrown, json);
      const all = (screen + output).replaceAll(/\n */g, "");
      expect(all).toContain("asked with");
      expect(all).not.toMatch(/lantern|Zk9xZk9x|q7Rq7R/);
      if (json) expect(JSON.parse(output)).toHaveProperty("error");
    }
  });
});

it("K01: what could not be recorded is shown and kept without secrets", async () => {
  const stage = setStage({ routes: { "support.reply": { max_tokens: 4096 } } });
  const { files } = stage.world;
  files.failWrites = (path) =>
    path.endsWith("timeline.jsonl") && stage.writes.length > 0 ? "no space left on device" : undefined;
  const argv = [...change("token-clamp", "--with", "max_tokens=512")];
  argv[argv.indexOf("test")] = `because of ${key}`;
  expect(await stage.llmops(...argv)).toBe(6);
  expect(told(stage)).toContain("NOT RECORDED");
  expect(Object.keys(files.all()).filter((path) => path.includes("llmops-unrecorded"))).toHaveLength(1);
  expect(stored(stage) + told(stage)).not.toContain("q7Rq7R");
});

it("K01: output that is cut is freed of secrets before, also where the cut goes through one", async () => {
  const secret = "quiet-lantern+elsewhere/88";
  const action = "actions: { look: { command: [./look.sh] } }";
  const runbook = `
id: look
title: Look
class: cost
severity: SEV3
summary: Looks around.
steps: [{ id: look, title: Look around, run: look }]
`;
  for (const left of [3995, 3985, 3980]) {
    const stage = setStage({
      project: `${action}\nrunbooks: runbooks\n`,
      files: { "runbooks/look.yaml": runbook, "answers.yaml": "look: run\n" },
    });
    stage.world.secrets.add(secret, "GATE");
    stage.world.exec = async () => ({ code: 0, stdout: `begin ${secret}${".".repeat(left)}`, stderr: "" });
    expect(await stage.llmops("incident", "start", "look", "--answers", "answers.yaml")).toBe(0);
    const [id] = await stage.world.files.list(`${stage.world.cwd}/.llmops/incidents`);
    const timeline = stage.world.files.text(`${stage.world.cwd}/.llmops/incidents/${id}/timeline.jsonl`);
    expect(timeline).toContain("....");
    expect(timeline).not.toMatch(/lantern|elsewhere|here|\/88/);
  }
});
