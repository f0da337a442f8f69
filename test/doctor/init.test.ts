import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { init } from "../../src/commands/init.ts";
import { parse } from "../../src/program.ts";
import { parseProject } from "../../src/project.ts";
import { run } from "../../src/run.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions } from "../fake/world.ts";
import { scraped, seriesOf, store, visit, type Store } from "./place.ts";

const file = "/home/dana/shop/llmops.yaml";

/** `llmops init …` in a place whose network is this. */
async function start(argv: string[], hosts: Record<string, Store | FakeAnswer> = {}, options: FakeOptions = {}) {
  const world = fakeWorld({
    ...options,
    routes: (request) => {
      const host = hosts[new URL(request.url).host];
      return typeof host === "function" ? host(request, world.clock.now()) : host;
    },
  });
  const asked = parse(["init", ...argv]);
  if ("print" in asked) throw new Error(asked.print);
  const code = await run(asked, world);
  world.verify();
  // what is wrapped is one sentence again
  const screen = world.terminal.screen.replace(/\n {2,}/g, " ");
  return { code, world, text: (await world.files.read(file)) ?? "", screen };
}

/** What every file that it writes is. */
async function check(text: string, stack: string): Promise<void> {
  const { config, findings } = await parseProject(text, "llmops.yaml");
  expect(findings).toEqual([]);
  expect(config!.stack).toBe(stack);
  expect(text.split("\n").length).toBeLessThanOrEqual(60);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(130);
  // every example in it is right too, and shows no secret
  const whole = text.replace(/^#(?=[a-z]| {2})/gm, "");
  const all = await parseProject(whole, "llmops.yaml");
  expect(all.findings).toEqual([]);
  expect(Object.keys(all.config!.targets)).toEqual(["gateway"]);
  expect(Object.keys(all.config!.sources).length).toBe(2);
  for (const [, value] of whole.matchAll(/(?:bearer|password|token|authorization): (.+?)[ }]*$/gm))
    expect(value).toMatch(/^\{ env: /);
}

const stacks = init.options!["stack"]!.choices!;

describe("llmops init", () => {
  it("knows every stack that is shipped, and no other", () => {
    const shipped = readdirSync("runbooks/signals").map((name) => name.replace(".yaml", ""));
    expect(new Set(stacks)).toEqual(new Set(shipped.filter((name) => name !== "catalogue")));
  });

  it.each(stacks)(
    "--stack %s: a project file without a mistake, and without a host that nobody named",
    async (stack) => {
      const { code, text, screen } = await start(["--stack", stack]);
      expect(code).toBe(0);
      await check(text, stack);
      expect((await parseProject(text, "x")).config!.targets).toEqual({});
      expect(Object.keys((await parseProject(text, "x")).config!.sources)).toEqual(stack === "calls" ? ["calls"] : []);
      expect(screen).toContain(`Wrote llmops.yaml: stack ${stack}, `);
      expect(screen).toContain("Next: llmops doctor");
    },
  );

  it.each(scraped)("--prometheus of a store that looks like $stack", async (one) => {
    const hosts = { "m.test:9090": store(seriesOf(one)) };
    const { code, text, screen } = await start(["--prometheus", "http://m.test:9090"], hosts);
    expect(code).toBe(0);
    await check(text, one.stack);
    expect((await parseProject(text, "x")).config!.sources).toMatchObject({
      metrics: { kind: "prometheus", settings: { url: "http://m.test:9090" } },
    });
    expect(screen).toMatch(
      new RegExp(`stack ${one.stack}, as the store looks: 100% of its signals can be answered by its \\d+ metrics`),
    );
    // and the doctor is content with it
    expect(await visit(text, hosts)).toMatchObject({ code: 0 });
  });

  it("an address is quoted, whatever it holds", async () => {
    const url = 'http://m.test:9090/a$&b?x="#';
    const { text } = await start(["--stack", "vllm", "--prometheus", url], {
      "m.test:9090": store(seriesOf(scraped[2]!)),
    });
    await check(text, "vllm");
    expect((await parseProject(text, "x")).config!.sources["metrics"]!.settings).toMatchObject({ url });
  });

  it("never overwrites: 2, and what to do", async () => {
    const { code, text, screen } = await start(["--stack", "vllm"], {}, { files: { "llmops.yaml": "stack: kong\n" } });
    expect({ code, text }).toEqual({ code: 2, text: "stack: kong\n" });
    expect(screen).toMatch(/is there already, and is never overwritten[^]*llmops doctor/);
  });

  it("one that is read from above is told", async () => {
    const { code, screen } = await start([], {}, { files: { "/home/dana/llmops.yaml": "" } });
    expect(code).toBe(0);
    expect(screen).toContain("From here on it is read instead of /home/dana/llmops.yaml.");
  });

  it("without a terminal and without options: call records", async () => {
    const { code, text, world } = await start([]);
    expect(code).toBe(0);
    await check(text, "calls");
    expect(world.requests).toEqual([]);
  });

  it("on a terminal: asks until a store answers", async () => {
    const typed = (text: string) => ({ line: "Address of your Prometheus", text });
    const { code, text, screen } = await start(
      [],
      {
        "dead.test": { failed: "nothing listens on dead.test:80 (connection refused)" },
        "node.test": store([{ __name__: "node_\u001b[31mcpu", job: "node" }]),
        "m.test": store(seriesOf(scraped[4]!)),
      },
      {
        typed: [
          typed("metrics"),
          typed("http://u:p@m.test"),
          typed("http://dead.test"),
          typed("http://node.test"),
          typed("http://m.test"),
        ],
      },
    );
    expect(code).toBe(0);
    await check(text, "envoy");
    expect(screen).not.toContain("\u001b");
    expect(screen.split("\n").filter((line) => line.startsWith("! "))).toEqual([
      expect.stringContaining("that is no http:// or https:// address"),
      expect.stringContaining("that is no http:// or https:// address"),
      expect.stringContaining("! nothing listens on dead.test:80"),
      expect.stringContaining("! node.test has nothing of a stack that is known, but node_\\u001b[31mcpu"),
    ]);
    const none = await start([], {}, { typed: [typed("")] });
    await check(none.text, "calls");
  });

  it("what cannot be recognised writes nothing, unless the stack is named", async () => {
    const hosts = { "m.test": { status: 401, body: "" } };
    const failed = await start(["--prometheus", "http://m.test"], hosts);
    expect(failed).toMatchObject({ code: 3, text: "" });
    expect(failed.screen).toMatch(/m\.test answered 401[^]*llmops init --stack STACK/);
    const named = await start(["--prometheus", "http://m.test", "--stack", "kong"], hosts);
    expect(named.code).toBe(0);
    await check(named.text, "kong");
    expect(named.screen).toContain("stack kong, as you said; but m.test answered 401");
  });

  it("a named stack wins over the one that is seen, and that is told", async () => {
    const { text, screen } = await start(["--prometheus", "http://m.test", "--stack", "kong"], {
      "m.test": store(seriesOf(scraped[2]!)),
    });
    await check(text, "kong");
    expect(screen).toContain("as you said; but the store looks like vllm");
  });

  it("two stacks in one store: both are told", async () => {
    const series = [...seriesOf(scraped[1]!), ...seriesOf(scraped[2]!)];
    const { screen } = await start(["--prometheus", "http://m.test"], { "m.test": store(series) });
    expect(screen).toMatch(/stack litellm, as the store looks: .*; vllm is there too\./);
  });

  it("call records do not come from a Prometheus", async () => {
    expect(await start(["--stack", "calls", "--prometheus", "http://m.test"])).toMatchObject({ code: 2, text: "" });
  });

  it("a golden file", async () => {
    const { text } = await start(["--prometheus", "http://127.0.0.1:9090"], {
      "127.0.0.1:9090": store(seriesOf(scraped[1]!)),
    });
    await expect(text).toMatchFileSnapshot("screens/litellm.yaml");
  });
});
