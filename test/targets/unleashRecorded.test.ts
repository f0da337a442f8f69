import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { unleash } from "../../src/targets/unleash.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Json } from "../../src/timeline/value.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld, type Exchange, type FakeAnswer } from "../fake/world.ts";

/** What Unleash 6.10.1 answered, replayed strictly: each request must be made, once, as it was recorded or is named here. */
const url = "http://flags:4242";
const flag = "/api/admin/projects/default/features/llm-kill-switch";
const strategy = `${flag}/environments/development/strategies/be0318ee-3a69-4cbd-a98e-152b4d0e6e3e`;

interface Recorded {
  response: { status: number; headers: Record<string, string>; body: string };
}
const recorded = (name: string): FakeAnswer =>
  (JSON.parse(readFileSync(join(import.meta.dirname, "unleash", `${name}.json`), "utf8")) as Recorded).response;

const asks = (path: string, answer: FakeAnswer): Exchange => ({
  method: "GET",
  url: url + path,
  headers: { authorization: "test-token" },
  answer,
});
const version = asks("/api/admin/ui-config", { status: 403 });
const read = (enabled = true): Exchange =>
  asks(flag, {
    ...recorded("get-flag-200"),
    body: (recorded("get-flag-200") as { body: string }).body.replace('"enabled":false', `"enabled":${enabled}`),
  });
const sends = (path: string, answer: FakeAnswer, body?: string): Exchange => ({
  method: body === undefined ? "POST" : "PATCH",
  url: url + path,
  headers: { authorization: "test-token" },
  ...(body === undefined ? {} : { body }),
  answer,
});
const off = (answer: FakeAnswer) => sends(`${flag}/environments/development/off`, answer);

function open(exchanges: Exchange[]) {
  const world = fakeWorld({ exchanges, env: { TOKEN: "test-token" } });
  const { value, mistakes } = checkValue(unleash.schema, {
    url,
    token: { env: "TOKEN" },
    environment: "development",
    levers: {
      enabled: "llm-kill-switch",
      trace_sample_rate: { at: "llm-kill-switch", pointer: "/strategies/0/parameters/rollout" },
    },
  });
  expect(mistakes).toEqual([]);
  return { world, target: unleash.open(value as never, world, "/project") };
}

function change(setting: Setting, before: Json, after: Json): Change {
  const rest = { id: "m1", mitigation: "kill-switch", target: "flags", scope: {}, version: null };
  return { ...rest, setting, before: { is: before }, after: { is: after } };
}

async function turnOff(...exchanges: Exchange[]) {
  const { world, target } = open([version, ...exchanges]);
  const written = await target.write(change("enabled", true, false), cause);
  world.verify();
  return written;
}

it("F01, F02: the empty 200 to off is believed only when the flag is read as off", async () => {
  const empty = recorded("environment-off-200");
  expect(await turnOff(read(), off(empty), read(false))).toMatchObject({ written: true });
  expect(await turnOff(read(), off(empty), read(true))).toEqual({
    unknown: true,
    why: "flags:4242 answered 200, and it is not what was written",
  });
  expect(await turnOff(read(), off(empty), asks(flag, { failed: "nothing listens on flags:4242" }))).toMatchObject({
    unknown: true,
  });
  const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html>Log in</html>" };
  expect(await turnOff(read(), off(page))).toMatchObject({ unknown: true });
});

it("one strategy is changed by one value, as it was recorded", async () => {
  const { target, world } = open([
    version,
    read(),
    sends(
      strategy,
      recorded("patch-strategy-rollout-200"),
      '[{"op":"replace","path":"/parameters/rollout","value":"10"}]',
    ),
    asks(flag, {
      ...recorded("get-flag-200"),
      body: (recorded("get-flag-200") as { body: string }).body.replace('"rollout":"100"', '"rollout":"10"'),
    }),
  ]);
  expect(await target.write(change("trace_sample_rate", 100, 10), cause)).toMatchObject({ written: true });
  world.verify();
});

const skip = `{"id":"1","name":"PermissionError","message":"You don't have the required permissions to perform this operation. To perform this action, you need the \\"SKIP_CHANGE_REQUEST\\" permission.","details":[]}`;

it.each<[string, FakeAnswer, string, string]>([
  [
    "an archived flag",
    recorded("environment-on-archived-flag-400"),
    "flags:4242 answered 400: it does not accept this value: Cannot perform this operation on archived features",
    "choose a value that it accepts, or change it by hand",
  ],
  [
    "a flag that went meanwhile",
    recorded("environment-on-missing-flag-404"),
    `flags:4242 answered 404: there is nothing at this address: There's no feature named "no-such-flag" in project "default"`,
    "see that the lever's address in llmops.yaml is right",
  ],
  [
    "a token of an SDK",
    recorded("client-token-environment-on-403"),
    "flags:4242 answered 403: this is no token of its admin API (one of an SDK may not change flags)",
    "put the token of an admin or a service account into environment variable TOKEN (token of the target in llmops.yaml)",
  ],
  [
    "change requests",
    { status: 403, body: skip },
    "flags:4242 answered 403: project default, environment development takes changes by change request only, and this token may not skip them",
    "open the change request in Unleash, or ask for a token that may skip them",
  ],
  [
    "a token that ran out",
    recorded("bad-token-401"),
    "flags:4242 answered 401: it refused what token carries: You must log in to use Unleash",
    "renew environment variable TOKEN (token of the target in llmops.yaml), then try again",
  ],
  [
    "a body that it does not read",
    recorded("patch-strategy-bad-body-400"),
    "flags:4242 answered 400: it does not accept this value: Unexpected end of JSON input",
    "choose a value that it accepts, or change it by hand",
  ],
  ["nobody there", { failed: "nothing listens on flags:4242" }, "nothing listens on flags:4242", ""],
])("%s: certainly not applied", async (_, answer, why, next) => {
  expect(await turnOff(read(), off(answer))).toEqual({ refused: true, why, ...(next === "" ? {} : { next }) });
});

it.each<[string, FakeAnswer]>([
  ["F08: 500 after applying", { status: 500, body: '{"name":"UnknownError","message":"terminating connection"}' }],
  ["F08: 408 of what stands before it", { status: 408, body: "" }],
  ["F10: no answer in time", { status: 200, takesMs: 20_000 }],
  ["F16: a redirect", { status: 307, headers: { location: "https://elsewhere.example/" } }],
  ["F12: a connection that breaks", { failed: "the connection was closed", sent: true }],
])("%s: may have been applied, and is not sent again", async (_, answer) => {
  expect(await turnOff(read(), off(answer))).toMatchObject({ unknown: true });
});

it("a wrong url is no missing flag", async () => {
  const { target, world } = open([version, asks(flag, recorded("unknown-path-404"))]);
  const got = await target.read("enabled", {});
  expect(got).not.toHaveProperty("missing");
  expect(got).toMatchObject({ error: expect.stringContaining("there is nothing at this address") as string });
  world.verify();
});

it("J01: what it answers cannot move the cursor", async () => {
  const answer = { status: 400, body: JSON.stringify({ message: "x", details: [{ message: "\u001b[2Jgone" }] }) };
  const written = await turnOff(read(), off(answer));
  expect(written).toMatchObject({ why: expect.stringContaining("\\u001b[2Jgone") as string });
});

it.each<[object, string]>([
  [{ enabled: "llm/{route}" }, "the name of a flag, like llm-{route}"],
  [{ enabled: "llm-{rout}" }, "did you mean route?"],
  [{ guardrails: { at: "x", pointer: "/strategies/0/disabled" } }, "a place in the parameters"],
  [{ guardrails: { at: "x", pointer: "/strategies/first/parameters/rollout" } }, "a place in the parameters"],
])("levers %j are refused: %s", (levers, why) => {
  const { mistakes } = checkValue(unleash.schema, { url, token: "t", environment: "development", levers });
  expect(JSON.stringify(mistakes)).toContain(why);
});
