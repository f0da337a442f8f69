import { describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { etcd } from "../../src/targets/etcd.ts";
import type { Target } from "../../src/targets/target.ts";
import type { Change } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld, type FakeAnswer, type FakeOptions, type FakeWorld } from "../fake/world.ts";
import { exactly, readRecorded, saying } from "./recorded.ts";

const recorded = readRecorded("etcd");
const url = "http://127.0.0.1:2379";
const key = "llm/gateway/quotas";

function open(given: FakeOptions, settings: Record<string, unknown> = {}): { target: Target; world: FakeWorld } {
  const world = fakeWorld({ env: { ETCD_PASSWORD: "test-token" }, ...given });
  const levers = { max_tokens: { at: key, pointer: "/max_tokens_per_request" }, model: { at: key, create: true } };
  const { value, mistakes } = checkValue(etcd.schema, { url, levers, ...settings });
  expect(mistakes).toEqual([]);
  return { target: etcd.open(value as never, world, "/project"), world };
}
const replay = (...names: string[]) => open({ exchanges: names.map((name) => exactly(recorded[name]!, url)) });

const change = (setting: "max_tokens" | "model", before: Value, after: Value, version: string): Change => {
  return { id: "m1", mitigation: "test", target: "t", setting, scope: {}, before, after, version };
};
const cap = (after: number) => change("max_tokens", { is: 8192 }, { is: after }, "2");

describe.each(["3.4", "3.5"])("as etcd %s was recorded", (version) => {
  it("reads a value with its revision, cluster and member", async () => {
    const { target, world } = replay(`${version}/range-200`);
    expect(await target.read("max_tokens", {})).toMatchObject({
      value: { is: 8192 },
      version: "2",
      identity: "etcd 127.0.0.1:2379, cluster cdf818194e3a8c32, member 8e9e05c52164694d, revision 2",
    });
    world.verify();
  });

  it("writes on condition of the revision that was read", async () => {
    const { target, world } = replay(`${version}/range-200`, `${version}/txn-compare-and-set-ok-200`);
    expect(await target.write(cap(4096), cause)).toEqual({ written: true, version: "5" });
    world.verify();
  });

  it("D03, F05: takes a 200 without `succeeded` for the lost compare-and-set that it is", async () => {
    const { target, world } = replay(`${version}/range-200`, `${version}/txn-lost-race-200`, `${version}/range-200`);
    expect(await target.write(cap(2048), cause)).toEqual({
      conflict: true,
      live: { is: 8192 },
      why: "127.0.0.1:2379 did not write: the key is at revision 5, read was revision 2",
    });
    world.verify();
  });

  it("a key that does not exist is absent where it may be made, and missing where not", async () => {
    const missing = recorded[`${version}/range-missing-key-200`]!;
    const { target } = open({ routes: () => saying(missing) });
    expect(await target.read("model", {})).toMatchObject({ value: { absent: true }, version: "0", fresh: true });
    expect(await target.read("max_tokens", {})).toEqual({
      error: `${key} does not exist`,
      missing: true,
      nearest: [],
    });
  });
});

describe("as etcd 3.5 was recorded", () => {
  const quotas = { max_tokens_per_request: 8192, rpm_limit: 300 };

  it.each(["ok", "exists"])("makes a key on condition that there is none: %s", async (end) => {
    const made = exactly(recorded[`3.5/txn-create-only-${end}-200`]!, url);
    const reads = recorded["3.5/range-missing-key-200"]!;
    const { target } = open({
      exchanges: [made],
      routes: ({ url: to }) => (to.endsWith("range") ? saying(reads) : undefined),
    });
    const written = await target.write(change("model", { absent: true }, { is: quotas }, "0"), cause);
    expect(written).toMatchObject(end === "ok" ? { written: true, version: "2" } : { conflict: true });
  });

  it("a lost race of which nothing else is told, and comparisons that it did not understand, are conflicts", async () => {
    for (const name of [
      "lost-race-no-failure-branch",
      "misspelt-compare-field-ignored",
      "unknown-compare-target-ignored",
    ]) {
      const { target } = open({ routes: once(`3.5/txn-${name}-200`) });
      expect(await target.write(cap(1), cause)).toEqual({
        conflict: true,
        live: { is: 8192 },
        why: "127.0.0.1:2379 did not write: the key is not there, read was revision 2",
      });
    }
  });

  it("lists what is below a prefix", async () => {
    const { target } = open(
      { routes: () => saying(recorded["3.5/range-prefix-200"]!) },
      { levers: { model: "llm/{route}/model" } },
    );
    expect(await target.list!("route")).toEqual(["gateway"]);
  });

  it("F18: a token that is no longer taken is renewed once for a read; a second refusal is told", async () => {
    const account = { user: "oncall", password: { env: "ETCD_PASSWORD" } };
    const bad = saying(recorded["3.5/auth-bad-token-401"]!);
    const good = exactly(recorded["3.5/auth-200-with-token"]!, url);
    const authenticate = { body: '{"header":{},"token":"test-token"}' };
    let refusals = 1;
    const routes = ({ url: to }: { url: string }): FakeAnswer | undefined => {
      if (to.endsWith("authenticate")) return authenticate;
      return refusals-- > 0 ? bad : good.answer;
    };
    const { target, world } = open({ routes }, account);
    expect(await target.read("max_tokens", {})).toMatchObject({ value: { is: 4096 } });
    expect(world.requests.map(({ url: to }) => to.split("/").at(-1))).toEqual([
      "authenticate",
      "range",
      "authenticate",
      "range",
    ]);
    expect(world.requests.at(-1)).toMatchObject({ headers: { authorization: "test-token" }, body: good.body });
    refusals = 9;
    expect(await target.read("max_tokens", {})).toEqual({
      error: "127.0.0.1:2379 answered 401: it no longer takes the token that it gave us",
      next: "try again",
    });
  });

  const says: Record<string, [name: string, error: string, next: string]> = {};
  const sentence = (name: string, error: string, next: string) =>
    (says[name] = [name, `127.0.0.1:2379 ${error}`, next]);
  const url_ = "see that the lever's address in llmops.yaml is right";
  const value = "choose a value that it accepts, or change it by hand";
  sentence(
    "auth-no-token-400",
    "answered 400: it wants to know who asks",
    "set user and password on this target in llmops.yaml",
  );
  sentence(
    "auth-permission-denied-403",
    "answered 403: this user may not do this",
    "grant the user a role that may read and write the key, or change it by hand",
  );
  sentence("auth-bad-token-401", "answered 401: it no longer takes the token that it gave us", "try again");
  sentence(
    "put-unknown-lease-404",
    "answered 404: there is nothing at this address: etcdserver: requested lease not found",
    url_,
  );
  sentence("unknown-path-404", "answered 404: there is nothing at this address: Not Found", url_);
  sentence("bad-json-400", "answered 400: it does not accept this value: unexpected EOF", value);
  sentence("empty-key-400", "answered 400: it does not accept this value: etcdserver: key is not provided", value);
  sentence(
    "txn-duplicate-key-400",
    "answered 400: it does not accept this value: etcdserver: duplicate key given in txn request",
    value,
  );

  it.each(Object.values(says))("F19: %s is told in plain words, and nothing was written", async (name, error, next) => {
    expect(await open({ routes: () => saying(recorded[`3.5/${name}`]!) }).target.read("max_tokens", {})).toEqual({
      error,
      next,
    });
    const { target, world } = open({ routes: once(`3.5/${name}`) });
    expect(await target.write(cap(1), cause)).toEqual({ refused: true, why: error, next });
    expect(world.requests).toHaveLength(2);
  });

  it("F19: a wrong password is told where it is kept", async () => {
    const wrong = exactly(recorded["3.5/auth-wrong-password-400"]!, url);
    const { target, world } = open({ exchanges: [wrong] }, { user: "oncall", password: { env: "ETCD_PASSWORD" } });
    expect(await target.read("max_tokens", {})).toEqual({
      error: "127.0.0.1:2379 refused user oncall with this password",
      next: "renew environment variable ETCD_PASSWORD (password of the target in llmops.yaml), then try again",
    });
    world.verify();
  });

  it.each<[string, FakeAnswer, object]>([
    ["501 to the write", saying(recorded["3.5/wrong-method-501"]!), { unknown: true }],
    [
      "a web page",
      { body: "<html>Sign in" },
      { unknown: true, why: "127.0.0.1:2379 answered with a web page instead of a value (is a login in front of it?)" },
    ],
    [
      "another JSON",
      { body: '{"succeeded":true}' },
      { unknown: true, why: "127.0.0.1:2379 answered 200 without saying what it did" },
    ],
    ["an answer to something else", saying(recorded["3.5/version-200"]!), { unknown: true }],
    [
      "a full disk",
      { status: 429, body: '{"code":8,"message":"etcdserver: mvcc: database space exceeded"}' },
      {
        refused: true,
        why: "127.0.0.1:2379 answered 429: its database is full, and it takes no writes (alarm NOSPACE)",
      },
    ],
    ["a new leader", { status: 503, body: '{"code":14,"message":"etcdserver: leader changed"}' }, { unknown: true }],
  ])("F01, F02, F08: %s is no success", async (_, answer, written) => {
    const { target, world } = open({ routes: once(answer) });
    expect(await target.write(cap(1), cause)).toMatchObject(written);
    expect(world.requests).toHaveLength(2);
  });

  it.each([
    ["health-200", "127.0.0.1:2379 does not answer as etcd does"],
    ["version-200", "127.0.0.1:2379 does not answer as etcd does"],
  ])("a read that %s answers is no value", async (name, error) => {
    const { target } = open({ routes: () => saying(recorded[`3.5/${name}`]!) });
    expect(await target.read("max_tokens", {})).toMatchObject({ error });
    expect(await target.check()).toMatchObject({ ok: false, say: error });
  });
});

/** The value is there; the write is answered so. */
function once(answer: string | FakeAnswer) {
  return ({ url: to }: { url: string }): FakeAnswer => {
    if (to.endsWith("range")) return saying(recorded["3.5/range-200"]!);
    return typeof answer === "string" ? saying(recorded[answer]!) : answer;
  };
}
