import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replaceAt } from "../../src/document/edit.ts";
import { checkValue } from "../../src/schema/schema.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import { unleash } from "../../src/targets/unleash.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Setting, Written } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { openHttp } from "../../src/world/http.ts";
import type { HttpRequest, HttpResult } from "../../src/world/http.ts";
import type { World } from "../../src/world/world.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld } from "../fake/world.ts";
import { hasUnleash, startUnleash, type Unleash } from "../parts/unleash.ts";
import { conforms } from "./conform.ts";

const environment = "development";
const value = "/strategies/0/variants/0/payload/value";
const levers = {
  enabled: "llm-{route}",
  max_tokens: { at: "llm-{route}", pointer: `${value}/max_tokens` },
  model: { at: "llm-{route}", pointer: `${value}/model` },
  timeout_ms: { at: "llm-{route}", pointer: `${value}/timeout_ms`, create: true },
  rpm_limit: { at: "llm-{route}", pointer: `${value}/rpm_limit` },
  max_retries: { at: "llm-{route}", pointer: "/strategies/0/variants/2/payload/value" },
  prompt_version: { at: "llm-{route}", pointer: "/strategies/0/variants/1/payload/value" },
  trace_sample_rate: { at: "llm-{route}", pointer: "/strategies/0/parameters/rollout" },
  blocked: { at: "llm-{route}", pointer: "/strategies/0/constraints/0/values", member: "{user}" },
};
const payload = '{"max_tokens": 4096, "model": "gpt-4o", "seed": 12345678901234567890, "top_p": 1.0}\n';
const variants = [
  {
    name: "config",
    weight: 400,
    weightType: "variable",
    stickiness: "default",
    payload: { type: "json", value: payload },
  },
  {
    name: "retries",
    weight: 300,
    weightType: "variable",
    stickiness: "default",
    payload: { type: "number", value: "3" },
  },
  {
    name: "prompt",
    weight: 300,
    weightType: "variable",
    stickiness: "default",
    payload: { type: "string", value: "v7" },
  },
];
const constraints = [{ contextName: "userId", operator: "NOT_IN", values: ["nobody"] }];
const parameters = { rollout: "75", stickiness: "default", groupId: "llm" };
const strategy = { name: "flexibleRollout", parameters, constraints, variants };

const real = openHttp({}, fakeWorld().clock);

/** Without Debian's postgresql or `npm ci` in test/parts these are skipped; CI installs both, and fails if that changes. */
describe.skipIf(!process.env["CI"] && !hasUnleash())("unleash-server", () => {
  let server: Unleash;
  const features = "/projects/default/features";
  const at = (flag: string) => `${features}/${flag}/environments/${environment}`;
  const strategiesOf = async (flag: string) =>
    JSON.stringify(((await server.ask("GET", at(flag))) as { strategies: unknown }).strategies);

  beforeAll(async () => {
    server = await startUnleash();
  }, 120_000);
  afterAll(() => server?.stop());

  /** A flag of its own for a test. */
  async function flag(name: string, strategies: object[] = [strategy]): Promise<Scope> {
    await server.ask("POST", features, { name: `llm-${name}`, type: "operational" });
    for (const one of strategies) await server.ask("POST", `${at(`llm-${name}`)}/strategies`, one);
    if (strategies.length > 0) await server.ask("POST", `${at(`llm-${name}`)}/on`);
    return { route: name, user: "user-2042" };
  }

  const open = (settings: object = {}, http = real): Target =>
    openAt(server.url, { token: server.token, ...settings }, { ...fakeWorld(), http });

  const told = (scope: Scope) => server.told(`llm-${scope.route}`);

  it("what an SDK is told follows a kill switch and its undo, and ends exactly as it began", async () => {
    const scope = await flag("kill");
    const target = open();
    const before = await told(scope);
    expect(before).toMatchObject({ enabled: true, strategies: [{ parameters }] });
    expect(await move(target, "enabled", scope, { is: false })).toMatchObject({ written: true });
    expect(await told(scope)).toEqual({ ...before, enabled: false });
    expect(await move(target, "enabled", scope, { is: true })).toMatchObject({ written: true });
    expect(await told(scope)).toEqual(before);
  });

  it("says who answered, and what a write is to be compared with", async () => {
    const read = await see(open(), "enabled", await flag("who"));
    expect(read.identity).toBe(
      `unleash ${new URL(server.url).host} (6.10.1), project default, environment ${environment}`,
    );
    expect(read.version).toMatch(/^[0-9a-f]{16}$/);
    expect(read.notes).toBeUndefined();
  });

  it("turns nothing on that has no enabled strategy: Unleash would let everybody in, and no undo takes that away", async () => {
    const none = await flag("none", []);
    const asleep = await flag("asleep");
    const { strategies } = (await server.ask("GET", at("llm-asleep"))) as { strategies: { id: string }[] };
    const path = `${at("llm-asleep")}/strategies/${strategies[0]!.id}`;
    await server.ask("PATCH", path, [{ op: "replace", path: "/disabled", value: true }]);
    for (const scope of [none, asleep]) {
      const target = open();
      const name = `llm-${scope.route}`;
      const before = await strategiesOf(name);
      expect(await see(target, "enabled", scope)).toMatchObject({
        value: { is: false },
        notes: ["no strategy of it is enabled: once off, it cannot be turned on from here"],
      });
      expect(await move(target, "enabled", scope, { is: true })).toMatchObject({
        refused: true,
        next: "add or enable a strategy in Unleash first",
      });
      expect(await strategiesOf(name)).toBe(before);
      // what it would have come to
      await server.ask("POST", `${at(name)}/on`);
      await server.ask("POST", `${at(name)}/off`);
      expect(await strategiesOf(name)).toContain('"rollout":"100"');
    }
  });

  it("a user is blocked by a constraint, others stay in the list, and the last of a list cannot be taken out", async () => {
    const scope = await flag("block");
    const target = open();
    const values = async () => (await told(scope)).strategies as [{ constraints: [{ values: string[] }] }];
    expect(await move(target, "blocked", scope, { is: true })).toMatchObject({ written: true });
    expect((await values())[0].constraints[0].values).toEqual(["nobody", "user-2042"]);
    expect(await move(target, "blocked", scope, { is: false })).toMatchObject({ written: true });
    expect((await values())[0].constraints[0].values).toEqual(["nobody"]);
    expect(await move(target, "blocked", { ...scope, user: "nobody" }, { is: false })).toMatchObject({
      refused: true,
      why: "Unleash takes no empty list of values: leave one in it that fits nobody",
    });
  });

  it("blocks nobody by a list of those who are let in", async () => {
    for (const [name, more] of Object.entries({
      in: { operator: "IN" },
      not: { operator: "NOT_IN", inverted: true },
    })) {
      const scope = await flag(`let-${name}`, [{ ...strategy, constraints: [{ ...constraints[0], ...more }] }]);
      expect(await move(open(), "blocked", scope, { is: true })).toMatchObject({
        refused: true,
        why: "whoever is in this list is let in, not kept out",
      });
    }
  });

  it("numbers and texts that Unleash keeps as texts are what they mean", async () => {
    const scope = await flag("kinds");
    const target = open();
    const before = await told(scope);
    for (const [setting, was, wanted, wrong] of [
      ["max_retries", 3, 0, "none"],
      ["prompt_version", "v7", "8", 8],
      ["trace_sample_rate", 75, 100, 101],
      ["trace_sample_rate", 75, 0, 0.5],
      ["trace_sample_rate", 75, 1, "10"],
    ] as const) {
      expect(await see(target, setting, scope)).toMatchObject({ value: { is: was } });
      expect(await move(target, setting, scope, { is: wrong })).toMatchObject({ refused: true });
      expect(await move(target, setting, scope, { is: wanted })).toMatchObject({ written: true });
      expect(await see(target, setting, scope)).toMatchObject({ value: { is: wanted } });
      expect(await move(target, setting, scope, { is: was })).toMatchObject({ written: true });
    }
    expect(await told(scope)).toEqual(before);
  });

  it("F14: in a JSON payload every other byte stays", async () => {
    const scope = await flag("bytes");
    const sent = async () =>
      ((await told(scope)).strategies as [{ variants: [{ payload: { value: string } }] }])[0].variants[0].payload.value;
    expect(await move(open(), "max_tokens", scope, { is: 512 })).toMatchObject({ written: true });
    expect(await sent()).toBe(payload.replace("4096", "512"));
    expect(await move(open(), "max_tokens", scope, { is: 4096 })).toMatchObject({ written: true });
    expect(await sent()).toBe(payload);
  });

  it("between the read and the write there is no lock: what another changes beside the value stays, the value itself is overwritten", async () => {
    const scope = await flag("race");
    const { strategies } = (await server.ask("GET", at("llm-race"))) as { strategies: { id: string }[] };
    const path = `${at("llm-race")}/strategies/${strategies[0]!.id}`;
    const meanwhile = (patch: object) => async (request: HttpRequest) => {
      if (request.method !== "GET") await server.ask("PATCH", path, [patch]);
      return real(request);
    };
    const rollout = meanwhile({ op: "replace", path: "/parameters/rollout", value: "20" });
    expect(await move(open({}, rollout), "max_tokens", scope, { is: 512 })).toMatchObject({ written: true });
    expect(await see(open(), "trace_sample_rate", scope)).toMatchObject({ value: { is: 20 } });
    const tokens = meanwhile({ op: "replace", path: "/variants/0/payload/value", value: '{"max_tokens": 1}' });
    expect(await move(open({}, tokens), "max_tokens", scope, { is: 256 })).toMatchObject({ written: true });
    expect(await see(open(), "max_tokens", scope)).toMatchObject({ value: { is: 256 } });
    expect(open().levers.every(({ conditional }) => !conditional)).toBe(true);
    // the guard that the reference hopes for
    const test = [{ op: "test", path: "/parameters/rollout", value: "20" }];
    await expect(server.ask("PATCH", path, test)).rejects.toThrow("400");
  });

  it("tells of a flag that it hangs on another, and that several strategies let people in", async () => {
    await flag("parent");
    const scope = await flag("child", [strategy, { name: "default" }]);
    await server.ask("POST", `${features}/llm-child/dependencies`, { feature: "llm-parent" });
    expect((await see(open(), "enabled", scope)).notes).toEqual([
      "it has 2 enabled strategies, and whom one of them leaves out another may let in",
      "it depends on flag llm-parent, whatever it says itself",
    ]);
  });

  it("names what it does not find", async () => {
    await flag("named");
    await flag("gone");
    await server.ask("DELETE", `${features}/llm-gone`);
    const read = (target: Target, route: string) => target.read("enabled", { route });
    const here = `unleash ${new URL(server.url).host}, project default, `;
    expect(await read(open(), "namd")).toMatchObject({
      missing: true,
      error: `${here}has no flag llm-namd, or it is archived (nearest: llm-named)`,
      nearest: expect.arrayContaining(["named"]) as string[],
    });
    expect(await read(open(), "gone")).toMatchObject({ missing: true });
    expect(await read(open({ project: "shop" }), "named")).toMatchObject({ missing: true });
    expect(await read(open({ environment: "staging" }), "named")).toMatchObject({
      error: `${here}has no environment staging but development, production`,
    });
    expect(await open().list!("route")).toContain("named");
  });

  it("K01: says whose token is refused, and never the token", async () => {
    const scope = await flag("token");
    const world = { ...fakeWorld({ env: { TOKEN: server.sdkToken } }), http: real };
    const sdk = openAt(server.url, { token: { env: "TOKEN" } }, world);
    const read = await sdk.read("enabled", scope);
    expect(read).toMatchObject({
      error: expect.stringContaining("this is no token of its admin API") as string,
      next: "put the token of an admin or a service account into environment variable TOKEN (token of the target in llmops.yaml)",
    });
    const wrong = await openAt(
      server.url,
      { token: { env: "TOKEN" } },
      { ...world, env: { TOKEN: "*:*.nobody" } },
    ).read("enabled", scope);
    expect(wrong).toMatchObject({
      error: expect.stringContaining("answered 401: it refused what token carries") as string,
      next: "renew environment variable TOKEN (token of the target in llmops.yaml), then try again",
    });
    expect(JSON.stringify([read, wrong])).not.toMatch(/sdk-of-tests|nobody/);
  });

  it.each<[object, string]>([
    [{ environment: "developmnt" }, "project default has no environment developmnt, did you mean development?"],
    [{ project: "shop" }, "has no project shop"],
    [{ token: "*:*.nobody" }, "answered 401"],
  ])("check() with %j says so", async (settings, say) => {
    const reach = await open(settings).check();
    expect(reach.ok).toBe(false);
    expect(reach.say).toContain(say);
  });

  conforms(
    "unleash",
    async () => {
      const scope = await flag("support.reply");
      let work: (() => Promise<void>) | undefined;
      let writes = 0;
      const http = async (request: HttpRequest): Promise<HttpResult> => {
        if (request.method === "GET") return real(request);
        writes++;
        await work?.();
        work = undefined;
        return real(request);
      };
      interface Told {
        strategies: { id: string; variants: { payload: { value: string } }[] }[];
      }
      const live = async () => (await server.ask("GET", at("llm-support.reply"))) as Told;
      const text = async () => (await live()).strategies[0]!.variants[0]!.payload.value;
      return {
        target: open({}, http),
        scope,
        live: async () => (JSON.parse(await text()) as { max_tokens: number }).max_tokens,
        beside: async () => JSON.stringify(await live()),
        async other(tokens) {
          const { id } = (await live()).strategies[0]!;
          const made = replaceAt(await text(), "json", "/max_tokens", { is: tokens }, false);
          const patch = [{ op: "replace", path: "/variants/0/payload/value", value: "text" in made ? made.text : "" }];
          await server.ask("PATCH", `${at("llm-support.reply")}/strategies/${id}`, patch);
        },
        before: (one) => void (work = one),
        writes: () => writes,
        close: async () => {},
      };
    },
    { compareAndSet: "no ETag, and the test operation of a JSON patch is refused" },
  );
});

function openAt(url: string, settings: object, world: World = fakeWorld()): Target {
  const { value: set, mistakes } = checkValue(unleash.schema, { url, environment, levers, ...settings });
  expect(mistakes).toEqual([]);
  return unleash.open(set as never, world, "/project");
}

async function see(target: Target, setting: Setting, scope: Scope): Promise<Exclude<Read, { error: string }>> {
  const read = await target.read(setting, scope);
  if ("error" in read) throw new Error(read.error);
  return read;
}

async function move(target: Target, setting: Setting, scope: Scope, after: Value): Promise<Written> {
  const { value: before, version } = await see(target, setting, scope);
  return target.write({ id: "m1", mitigation: "test", target: "t", setting, scope, before, after, version }, cause);
}
