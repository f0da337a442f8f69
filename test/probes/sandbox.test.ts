import { describe, expect, it } from "vitest";
import { parse } from "../../src/program.ts";
import { run } from "../../src/run.ts";
import { startSandbox } from "../../src/sandbox/sandbox.ts";
import { fakeWorld } from "../fake/world.ts";

const route = "support.reply";

/** The sandbox as a project binds it that has nothing to measure by: only the probe can tell. */
async function open() {
  const world = fakeWorld();
  const sandbox = await startSandbox(world, { folder: world.cwd, seed: 7, mode: "metrics", callsPerSecond: 0 });
  const yaml = `
targets:
  gateway:
    http:
      url: "${sandbox.url}"
      settles: 5s
      levers:
        enabled:    { at: "/config/routes/{route}", pointer: /enabled }
        model:      { at: "/config/routes/{route}", pointer: /model }
        max_tokens: { at: "/config/routes/{route}", pointer: /max_tokens }
        blocked:    { at: "/config/blocked_users", member: "{user}" }
models: [gpt-4o-mini]
probes:
  gateway:
    url: "${sandbox.url}/v1/chat/completions"
    headers: { x-route: "{route}" }
    scope: { route: ${route} }
    reports: { model: { pointer: /model }, max_tokens: { header: x-llmops-max-tokens } }
    refused: { status: [403, 503], pointer: /error/type, is: [route_disabled, user_blocked] }
`;
  await world.files.replace(`${world.cwd}/llmops.yaml`, yaml);
  return {
    world,
    async llmops(...argv: string[]) {
      const asked = parse([...argv, "--reason", "test", "--yes"]);
      if ("print" in asked) throw new Error(asked.print);
      return run(asked, world);
    },
  };
}

describe("the sandbox with nothing measured", () => {
  for (const [name, argv, why] of [
    ["a kill switch", `kill-switch --scope route=${route}`, "503, route_disabled"],
    ["a block", "block --scope user=u-0007", "403, user_blocked"],
    ["a model switch", `model-switch --scope route=${route} --with model=gpt-4o-mini`, "gpt-4o-mini-2024-07-18"],
    ["a token clamp", `token-clamp --scope route=${route} --with max_tokens=512`, "a cap of 512"],
  ] as const)
    it(`shows by one request that ${name} is in effect`, async () => {
      const { llmops, world } = await open();
      expect(await llmops("mitigate", ...argv.split(" "))).toBe(0);
      expect(world.terminal.screen.replace(/\s+/g, " ")).toContain(why);
      expect(world.requests.filter(({ url }) => url.endsWith("/v1/chat/completions"))).toHaveLength(1);
    });
});
