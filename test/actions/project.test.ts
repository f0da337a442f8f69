import { expect, it } from "vitest";
import { openProject, parseProject } from "../../src/project.ts";
import { fakeWorld } from "../fake/world.ts";

const yaml = `
actions:
  flush-answers: { flush-redis: { url: "redis://127.0.0.1:6379", password: { env: CACHE_KEY }, prefix: "cache:{route}:" } }
  terminate-agent-jobs: { end-jobs: { context: prod-eu1, namespace: ai, selector: app=agent } }
  restart: { rollout-restart: { context: prod-eu1, namespace: ai, deployment: llm-gateway } }
  back: { rollout-undo: { context: prod-eu1, namespace: ai, deployment: llm-gateway } }
  old: { command: [./end.sh, "{user}"], count: [./count.sh], irreversible: true }
  new: { command: { command: [./end.sh] } }
`;

it("a project names its actions by kind, or a command by itself", async () => {
  const world = fakeWorld({ files: { "llmops.yaml": yaml }, env: { CACHE_KEY: "a-key-of-the-cache" } });
  const { actions } = await openProject(world);
  const told = Object.entries(actions).map(([name, { needs, irreversible }]) => [name, needs, irreversible]);
  expect(told).toEqual([
    ["flush-answers", ["route"], true],
    ["terminate-agent-jobs", [], true],
    ["restart", [], true],
    ["back", [], true],
    ["old", ["user"], true],
    ["new", [], false],
  ]);
  expect(world.secrets.hide("with a-key-of-the-cache")).not.toContain("a-key-of-the-cache");
  world.verify();
});

it("J04: a shell may get a value as an argument of its own", async () => {
  const good = `actions:\n  a: { command: [sh, -c, 'exec ./end.sh "$1"', sh, "{route}"], count: [./sh-c, -c, "{route}"] }\n`;
  expect((await parseProject(good, "llmops.yaml")).findings).toEqual([]);
});

it.each([
  [
    'a: { flush-redis: { url: redis://x, prefix: "" } }',
    "`prefix` is empty: name what the keys begin with, like cache:{route}:",
  ],
  ["a: { command: ./end.sh }", '`command` needs a list, it is "./end.sh"'],
  ["a: { command: [] }", "entry 1 of `command` is missing"],
  ["a: { comand: [./end.sh] }", "unknown key `comand`, did you mean command?"],
  ["a: { flush-reddis: {} }", "unknown key `flush-reddis`, did you mean flush-redis?"],
  [
    'a: { end-jobs: { context: c, namespace: n, selector: "!{route}" } }',
    "`selector` needs a label and its value, like app=agent",
  ],
  [
    'a: { command: ["./end-{route}.sh"] }',
    "`command` names {route} in the program: a value would choose what is run; give it as an argument",
  ],
  [
    'a: { command: [sh, -c, "./end.sh {route}"] }',
    "`command` names {route} in a script, and the shell would run what stands in it: write $1 there, and sh and {route} behind it",
  ],
  [
    "a: { command: [./end.sh], count: [env, X=1, /bin/bash, -euc, \"count '{user}'\", sh] }",
    "`count` names {user} in a script, and the shell would run what stands in it: write $1 there, and sh and {user} behind it",
  ],
  ["a: { command: [x], conut: [y] }", "unknown key `conut`, did you mean count?"],
])("%s", async (line, message) => {
  const { findings } = await parseProject(`actions:\n  ${line}\n`, "llmops.yaml");
  expect(findings.map((one) => one.message)).toEqual([message]);
  expect(findings[0]!.at.line).toBe(2);
});
