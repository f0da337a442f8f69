import { describe, expect, it } from "vitest";
import { Interrupted, UserError } from "../../src/errors.ts";
import { fakeWorld } from "../fake/world.ts";

describe("the fake clock", () => {
  it("stands still until everybody sleeps, then wakes sleepers in order of time", async () => {
    const { clock } = fakeWorld({ now: "2026-11-21T03:00:00Z" });
    const start = clock.now();
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const nap of naps) {
        await clock.sleep(nap);
        woken.push([name, clock.now() - start]);
      }
    };
    await Promise.all([sleeper("a", 3000, 3000), sleeper("b", 1000, 1000, 10_000), sleeper("c", 3_600_000)]);
    expect(woken).toEqual([
      ["b", 1000],
      ["b", 2000],
      ["a", 3000],
      ["a", 6000],
      ["b", 12_000],
      ["c", 3_600_000],
    ]);
    expect(clock.monotonic()).toBe(3_600_000);
  });

  it("stands still while real work is held", async () => {
    const { clock } = fakeWorld();
    let awake = false;
    const asleep = clock.sleep(1000).then(() => (awake = true));
    await clock.hold(new Promise((resolve) => setTimeout(resolve, 20)));
    expect(awake).toBe(false);
    await asleep;
  });

  it("a sleeper that is interrupted leaves, and time does not wait for it", async () => {
    const world = fakeWorld();
    const start = world.clock.now();
    const asleep = world.clock.sleep(60_000, world.interrupted);
    world.interrupt(143);
    await expect(asleep).rejects.toMatchObject({ code: 143 });
    await world.clock.sleep(5);
    expect(world.clock.now() - start).toBe(5);
  });
});

describe("the fake network", () => {
  const get = { method: "GET", url: "http://metrics/up", deadlineMs: 1000 } as const;

  it("answers what is scripted, in any order, each once", async () => {
    const world = fakeWorld({
      exchanges: [
        { method: "GET", url: "http://metrics/up", answer: { body: "1" } },
        { method: "PUT", url: "http://config/a", body: /^\{/, headers: { "If-Match": "7" }, answer: { status: 412 } },
        { method: "GET", url: "http://metrics/up", answer: { failed: "refused" } },
        { method: "GET", url: "http://slow/", answer: { takesMs: 5000 } },
      ],
    });
    const put = {
      method: "PUT",
      url: "http://config/a",
      headers: { "if-match": "7" },
      body: "{}",
      deadlineMs: 1,
    } as const;
    expect(await world.http(put)).toMatchObject({ status: 412 });
    expect(await world.http(get)).toMatchObject({ status: 200, body: "1" });
    expect(await world.http(get)).toMatchObject({ failed: "refused", sent: false });
    expect(await world.http({ ...get, url: "http://slow/" })).toMatchObject({ sent: true, ms: 1000 });
    world.verify();
    expect(world.requests.map(({ method }) => method)).toEqual(["PUT", "GET", "GET", "GET"]);
  });

  it("fails on what is not scripted, even if that is swallowed, and on what is left over", async () => {
    const world = fakeWorld({ exchanges: [{ method: "POST", url: "http://metrics/up", answer: {} }] });
    await world.http(get).catch(() => {});
    expect(() => world.verify()).toThrow(/unscripted request: GET http:\/\/metrics\/up[^]*never requested: POST/);
  });

  it("reaches what listens inside, and routes", async () => {
    const world = fakeWorld({ routes: ({ url }) => (url.startsWith("http://sim/") ? { status: 204 } : undefined) });
    const serving = await world.listen({ host: "127.0.0.1", port: 0 }, async ({ path, query }) => ({
      status: 200,
      body: `${path} ${query.get("a")}`,
    }));
    expect(await world.http({ ...get, url: `${serving.url}/x?a=b` })).toMatchObject({ body: "/x b" });
    expect(await world.http({ ...get, url: "http://sim/y" })).toMatchObject({ status: 204 });
    await serving.close();
    await expect(world.http({ ...get, url: serving.url })).rejects.toThrow("unscripted request");
  });
});

describe("the fake terminal", () => {
  const menu = { question: "Why?", choices: [{ value: "a", label: "A" }], keys: { k: "kill switch" } };

  it("types what is scripted and shows what people would see", async () => {
    const world = fakeWorld({
      typed: [
        { menu: "Why?", value: "a" },
        { menu: "Why?", key: "k" },
        { line: "Name", text: "x" },
        { pause: "Settling", press: "k" },
      ],
    });
    expect(await world.terminal.menu(menu)).toEqual({ value: "a" });
    expect(await world.terminal.menu(menu)).toEqual({ key: "k" });
    expect(await world.terminal.line("Name it:")).toBe("x");
    expect(await world.terminal.pause("Settling.", 1000)).toEqual({ key: "k" });
    expect(await world.terminal.pause("Settling.", 1000)).toBe("elapsed");
    world.terminal.programs("{}");
    world.verify();
    expect(world.terminal.output).toBe("{}\n");
    expect(world.terminal.screen.split("\n").slice(0, 4)).toEqual(["Why?", "  1  A", "k kill switch", "Why? A"]);
  });

  it("fails on a prompt out of order, an unknown choice, and what is never asked", async () => {
    const wrong = fakeWorld({ typed: [{ menu: "Who?", value: "a" }] });
    await expect(wrong.terminal.menu(menu)).rejects.toThrow("prompt out of order");
    const unknown = fakeWorld({ typed: [{ menu: "Why?", value: "b" }] });
    await expect(unknown.terminal.menu(menu)).rejects.toThrow("has no choice b");
    expect(() => fakeWorld({ typed: [{ line: "Name", text: "" }] }).verify()).toThrow("never asked");
  });

  it("is interrupted where the script says; without a script there is no terminal", async () => {
    const world = fakeWorld({ typed: [{ menu: "Why?", interrupt: true }] });
    await expect(world.terminal.menu(menu)).rejects.toBeInstanceOf(Interrupted);
    await expect(fakeWorld().terminal.menu(menu)).rejects.toMatchObject({ code: 4 });
    await expect(fakeWorld().terminal.line("Name?")).rejects.toBeInstanceOf(UserError);
  });
});

describe("the fake files, programs and ids", () => {
  it("keep what is written, and see the package", async () => {
    const { files, home, cwd } = fakeWorld({ files: { "llmops.yaml": "stack: seed\n" } });
    await files.append(`${cwd}/.llmops/log`, "1\n");
    await files.append(`${cwd}/.llmops/log`, "2\n");
    expect(await files.create(`${cwd}/.llmops/log`, "")).toBe(false);
    expect(await files.list(cwd)).toEqual([".llmops", "llmops.yaml"]);
    expect(await files.glob(cwd, ".llmops/*")).toEqual([`${cwd}/.llmops/log`]);
    expect(files.all()).toEqual({ [`${cwd}/.llmops/log`]: "1\n2\n", [`${cwd}/llmops.yaml`]: "stack: seed\n" });
    expect(await files.exists(`${home}/runbooks`)).toBe(true);
    files.failWrites = () => "no space is left on the disk";
    await expect(files.replace(`${cwd}/a`, "")).rejects.toMatchObject({
      what: `cannot write ${cwd}/a: no space is left on the disk`,
    });
  });

  it("lock one after the other, and give up in the end", async () => {
    const { files, clock } = fakeWorld();
    const order: string[] = [];
    const hold = (name: string) =>
      files.locked("/l", 60_000, async () => {
        order.push(`${name} in`);
        await clock.sleep(1000);
        order.push(`${name} out`);
      });
    await Promise.all([hold("a"), hold("b")]);
    expect(order).toEqual(["a in", "a out", "b in", "b out"]);
    const held = hold("c");
    await expect(files.locked("/l", 500, async () => {})).rejects.toMatchObject({ code: 5 });
    await held;
  });

  it("run what is scripted, and count ids", async () => {
    const world = fakeWorld({ runs: [{ argv: ["a", "b"], input: "x", result: { stdout: "y" } }] });
    expect(await world.exec(["a", "b"], { timeoutMs: 1, input: "x" })).toEqual({ code: 0, stdout: "y", stderr: "" });
    await expect(world.exec(["a"], { timeoutMs: 1 })).rejects.toThrow("unscripted program");
    expect(
      Array.from({ length: 34 }, () => world.random.id(4)).filter((_, i) => [0, 1, 31, 32, 33].includes(i)),
    ).toEqual(["aaaa", "aaab", "aaa7", "aaba", "aabb"]);
  });
});
