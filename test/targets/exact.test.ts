import { describe, expect, it } from "vitest";
import { readAt, replaceAt } from "../../src/document/edit.ts";
import { checkValue } from "../../src/schema/schema.ts";
import { file } from "../../src/targets/file.ts";
import { http } from "../../src/targets/http.ts";
import type { Target } from "../../src/targets/target.ts";
import type { Change, Setting } from "../../src/timeline/setting.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import { sameValue, type Value } from "../../src/timeline/value.ts";
import { fakeWorld, type FakeAnswer } from "../fake/world.ts";
import { seeded } from "../torture/torture.ts";
import { cause } from "../fake/cause.ts";

/** A target with one document, and the bytes of that document. */
interface Made {
  target: Target;
  /** null: nothing stands there */
  text(): Promise<string | null>;
}

const levers = (at: (pointer: string) => unknown) => ({
  max_tokens: at("/a/n"),
  blocked: { ...(at("/a/list") as object), member: "{user}" },
});

function onFile(name: string, text: string): Made {
  const world = fakeWorld({ files: { [name]: text } });
  const settings = levers((pointer) => ({ at: pointer, create: true }));
  const { value } = checkValue(file.schema, { path: name, levers: settings });
  return {
    target: file.open(value as never, world, world.cwd),
    text: async () => (await world.files.read(`${world.cwd}/${name}`)) ?? null,
  };
}

/** A config API: with `patch` it merges, and never rewrites what it was not told to; `whole`: the document is the value. */
function onHttp(start: string | null, how: { patch?: true; whole?: true } = {}): Made {
  let text = start;
  const json = { "content-type": "application/json" };
  const world = fakeWorld({
    routes: ({ method, body }): FakeAnswer => {
      if (method === "GET") return text === null ? { status: 404 } : { status: 200, headers: json, body: text };
      if (method === "DELETE") text = null;
      else if (method === "PUT") text = body ?? "";
      else text = merged(text ?? "{}", body ?? "{}");
      return { status: 200, headers: json, body: text ?? "" };
    },
  });
  const at =
    how.whole === true
      ? { max_tokens: { at: "/d", create: true }, blocked: { at: "/d", member: "{user}", create: true } }
      : levers((pointer) => ({ at: "/d", pointer, create: true }));
  const { value } = checkValue(http.schema, {
    url: "http://gateway.test",
    method: how.patch === true ? "PATCH" : "PUT",
    levers: at,
  });
  return {
    target: http.open(value as never, world, "/"),
    text: async () => text,
  };
}

/** RFC 7396 for the one key that the patch names, every other byte as it was. */
function merged(now: string, patch: string): string {
  const pointer = patch.includes('"list"') ? "/a/list" : "/a/n";
  const wanted = readAt(patch, "json", pointer);
  if ("error" in wanted || "absent" in wanted.value) throw new Error(`what does ${patch} patch?`);
  const value: Value = wanted.value.is === null ? { absent: true } : wanted.value;
  const made = replaceAt(now, "json", pointer, value, true);
  if ("error" in made) throw new Error(made.error);
  return made.text;
}

/** Sets a value as a plan would; returns the change. */
async function set(made: Made, setting: Setting, scope: Scope, after: Value): Promise<Change> {
  const read = await made.target.read(setting, scope);
  if ("error" in read) throw new Error(read.error);
  const makes = read.makes === undefined ? {} : { makes: read.makes };
  const values = { before: read.value, after, version: read.version };
  const change: Change = { id: "m1", mitigation: "m", target: "t", setting, scope, ...values, ...makes };
  expect(await made.target.write(change, cause)).toMatchObject({ written: true });
  const again = await made.target.read(setting, scope);
  expect("value" in again && sameValue(again.value, after)).toBe(true);
  return change;
}

/** As `llmops mitigation undo` does it. */
async function undo(made: Made, change: Change): Promise<void> {
  const read = await made.target.read(change.setting, change.scope);
  if ("error" in read) throw new Error(read.error);
  const back = { ...change, before: read.value, after: change.before, version: read.version, undoes: change.id };
  expect(await made.target.write(back, cause)).toMatchObject({ written: true });
  const again = await made.target.read(change.setting, change.scope);
  expect("value" in again && sameValue(again.value, change.before)).toBe(true);
}

const kinds: [string, (inside: string | undefined) => Made][] = [
  ["a JSON file", (v) => onFile("c.json", v === undefined ? '{"a": {}, "b": 1}\n' : `{"a": {"n": ${v}}, "b": 1}\n`)],
  [
    "a YAML file",
    (v) => onFile("c.yaml", v === undefined ? "a: { m: 1 } # kept\nb: 1\n" : `a: # kept\n  n: ${v}\nb: 1\n`),
  ],
  ["a document over HTTP", (v) => onHttp(v === undefined ? '{"a":{},"b":1}' : `{"a":{"n":${v}},"b":1}`)],
  [
    "a document that is patched",
    (v) => onHttp(v === undefined ? '{"a":{},"b":1}' : `{"a":{"n":${v}},"b":1}`, { patch: true }),
  ],
  ["a value over HTTP", (v) => onHttp(v === undefined ? null : v, { whole: true })],
];
const nothings: [string, string | undefined][] = [
  ["absent", undefined],
  ["null", "null"],
  ['""', '""'],
  ["0", "0"],
  ["false", "false"],
  ["[]", "[]"],
  ["a big number", "12345678901234567890"],
  ["1e400", "1e400"],
  ["a number with a fraction", "0.10000000000000000000001"],
];

describe.each(kinds)("F14: six kinds of nothing, and numbers that no double holds, in %s", (kind, make) => {
  it.each(nothings)("%s is restored to the byte", async (name, inside) => {
    const made = make(inside);
    const before = await made.text();
    if (kind === "a document that is patched" && name === "null") {
      // what could not be put back is not changed in the first place
      const read = await made.target.read("max_tokens", {});
      if ("error" in read) throw new Error(read.error);
      const values = { before: read.value, after: { is: 512 }, version: read.version };
      const change = { id: "m1", mitigation: "m", target: "t", setting: "max_tokens" as const, scope: {}, ...values };
      expect(await made.target.write(change, cause)).toMatchObject({ refused: true });
      expect(await made.text()).toBe(before);
      return;
    }
    const change = await set(made, "max_tokens", {}, { is: 512 });
    expect(await made.text()).not.toBe(before);
    await undo(made, change);
    expect(await made.text()).toBe(before);
  });
});

describe("a list that our change made", () => {
  const none: [string, () => Made][] = [
    ["a JSON file", () => onFile("c.json", '{"a": {}, "b": 1}\n')],
    ["a YAML file", () => onFile("c.yaml", "a:\n  m: 1\nb: 1\n")],
    ["a document over HTTP", () => onHttp('{"a":{},"b":1}')],
    ["a document that is patched", () => onHttp('{"a":{},"b":1}', { patch: true })],
    ["a value over HTTP", () => onHttp(null, { whole: true })],
  ];
  it.each(none)("goes again with its last entry: %s", async (_, make) => {
    const made = make();
    const before = await made.text();
    const change = await set(made, "blocked", { user: "u1" }, { is: true });
    expect(change).toMatchObject({ before: { is: false }, makes: true });
    await undo(made, change);
    expect(await made.text()).toBe(before);
  });

  it.each(none)("stays with what others put into it meanwhile: %s", async (_, make) => {
    const made = make();
    const first = await set(made, "blocked", { user: "u1" }, { is: true });
    const second = await set(made, "blocked", { user: "u2" }, { is: true });
    expect(second).not.toHaveProperty("makes");
    await undo(made, first);
    expect(await made.target.read("blocked", { user: "u2" })).toMatchObject({ value: { is: true } });
    expect(await made.target.read("blocked", { user: "u1" })).toMatchObject({ value: { is: false } });
  });

  it("that was there empty stays there empty", async () => {
    const made = onHttp('{"a":{"list":[]},"b":1}');
    const before = await made.text();
    const change = await set(made, "blocked", { user: "u1" }, { is: true });
    expect(change).not.toHaveProperty("makes");
    await undo(made, change);
    expect(await made.text()).toBe(before);
  });
});

describe("F14: generated documents", () => {
  const random = seeded(20261121);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const space = () => pick(["", "", " ", "\n", "\t", "  \r\n "]);
  const number = () => pick(["0", "-0", "12345678901234567890", "1e400", "-1E-400", "1.50", "0.1", "4096", "1e3"]);
  const name = () =>
    pick(['"a"', '"\\u0061b"', '"é"', '""', '"x/y~z"', '"__proto__"', '"constructor"', '"\\ud83d\\ude00"', '"1"']);
  const value = (depth: number): string => {
    const kind = Math.floor(random() * (depth > 2 ? 4 : 6));
    if (kind === 0) return number();
    if (kind === 1) return name();
    if (kind <= 3) return pick(["true", "false", "null", '"two words"']);
    const items = Array.from({ length: Math.floor(random() * 4) }, () =>
      kind === 4 ? value(depth + 1) : `${name()}${space()}:${space()}${value(depth + 1)}`,
    );
    return (
      (kind === 4 ? "[" : "{") + space() + items.join(`${space()},${space()}`) + space() + (kind === 4 ? "]" : "}")
    );
  };
  /** `n` of `a` is the lever's; everything else, keys that are there twice included, is somebody else's. */
  const document = (n: string) => {
    const rest = () =>
      Array.from({ length: Math.floor(random() * 4) }, () => `${name().replace('"a"', '"aa"')}: ${value(0)}`);
    const inner = [...rest(), `"n"${space()}:${space()}${n}`, ...rest()].join(",");
    return [space(), "{", [...rest(), `"a":${space()}{${inner}}`, ...rest()].join(`${space()},`), "}", space()].join(
      "",
    );
  };

  it("300 of them: only the bytes of the one value differ, and undo restores every byte", async () => {
    for (let i = 0; i < 300; i++) {
      const was = pick(["4096", "12345678901234567890", "null", "false", '""', "[]", "0", "1e400", '"x\\u0079"']);
      const hole = "\u2603HOLE";
      const shape = document(hole);
      const text = shape.replace(hole, was);
      for (const made of [onFile("c.json", text), onHttp(text)]) {
        const change = await set(made, "max_tokens", {}, { is: 77 });
        expect(await made.text()).toBe(shape.replace(hole, "77"));
        await undo(made, change);
        // an escape in the text of the lever itself may come back written out
        expect(await made.text()).toBe(was.includes("\\u") ? shape.replace(hole, '"xy"') : text);
      }
    }
  });

  it("a key that is there twice on the way is not changed: readers disagree which of them counts", async () => {
    const text = '{"a":{"n":1,"n":2}}';
    const made = onHttp(text);
    expect(await made.target.read("max_tokens", {})).toMatchObject({
      error: "http gateway.test: /a/n is there 2 times: it has to be changed by hand",
    });
    expect(await made.text()).toBe(text);
  });

  it("a body that is no UTF-8 is not changed", async () => {
    const world = fakeWorld();
    world.http = async () => ({
      status: 200,
      headers: {},
      trailers: {},
      body: '{"a":{"n":1}}\ufffd',
      damaged: true,
      ms: 0,
    });
    const { value: settings } = checkValue(http.schema, { url: "http://gateway.test", levers: { max_tokens: "/d" } });
    expect(await http.open(settings as never, world, "/").read("max_tokens", {})).toMatchObject({
      error: "gateway.test answered with bytes that are no UTF-8 text",
    });
  });
});
