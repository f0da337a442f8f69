import { mkdtemp, readFile, rm, writeFile, chmod, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkValue } from "../../src/schema/schema.ts";
import { file } from "../../src/targets/file.ts";
import type { Read, Target } from "../../src/targets/target.ts";
import type { Scope } from "../../src/timeline/scope.ts";
import type { Setting, Written } from "../../src/timeline/setting.ts";
import type { Value } from "../../src/timeline/value.ts";
import { realFiles } from "../../src/world/files.ts";
import { fakeWorld } from "../fake/world.ts";
import { cause } from "../fake/cause.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "llmops-file-"));
});
afterEach(() => rm(folder, { recursive: true }));

function open(path: string, levers: Record<string, unknown>): Target {
  const { value, mistakes } = checkValue(file.schema, { path, levers });
  expect(mistakes).toEqual([]);
  return file.open(value as never, { ...fakeWorld(), files: realFiles }, folder);
}

async function read(target: Target, setting: Setting, scope: Scope): Promise<Exclude<Read, { error: string }>> {
  const found = await target.read(setting, scope);
  if ("error" in found) throw new Error(found.error);
  return found;
}

async function set(target: Target, setting: Setting, scope: Scope, after: Value): Promise<Written> {
  const { value, version } = await read(target, setting, scope);
  return target.write(
    { id: "m1", mitigation: "test", target: "t", setting, scope, before: value, after, version },
    cause,
  );
}

const yaml = `# who is on call changes this, and nobody else
routes:
  support.reply:
    enabled: true     # kill switch
    max_tokens: 4096
blocked: []
`;
const levers = {
  enabled: "/routes/{route}/enabled",
  max_tokens: "/routes/{route}/max_tokens",
  blocked: { at: "/blocked", member: "{user}" },
};
const scope = { route: "support.reply" };

describe("a YAML file", () => {
  it("is changed in one place, and changed back to the same bytes", async () => {
    await writeFile(join(folder, "gateway.yaml"), yaml);
    await chmod(join(folder, "gateway.yaml"), 0o640);
    const target = open("gateway.yaml", levers);
    const before = await read(target, "enabled", scope);
    expect(before).toMatchObject({ value: { is: true }, identity: "file gateway.yaml, 141 bytes" });
    expect(await set(target, "enabled", scope, { is: false })).toMatchObject({ written: true });
    expect(await readFile(join(folder, "gateway.yaml"), "utf8")).toBe(yaml.replace("true ", "false "));
    await set(target, "blocked", { user: "u-1" }, { is: true });
    await set(target, "enabled", scope, { is: true });
    await set(target, "blocked", { user: "u-1" }, { is: false });
    expect(await readFile(join(folder, "gateway.yaml"), "utf8")).toBe(yaml);
    expect(await readdir(folder)).toEqual(["gateway.yaml"]);
    expect(await target.list!("route")).toEqual(["support.reply"]);
    expect(await target.check()).toMatchObject({ ok: true, say: "141 bytes, write not tried" });
  });

  it("whose value changed since it was read is left alone; what changed beside it is kept", async () => {
    await writeFile(join(folder, "gateway.yaml"), yaml);
    const target = open("gateway.yaml", levers);
    const { value, version } = await read(target, "max_tokens", scope);
    const change = {
      id: "m1",
      mitigation: "x",
      target: "t",
      setting: "max_tokens",
      scope,
      before: value,
      after: { is: 512 },
      version,
    } as const;
    await writeFile(join(folder, "gateway.yaml"), yaml.replace("4096", "100"));
    expect(await target.write(change, cause)).toEqual({
      conflict: true,
      live: { is: 100 },
      why: "it is 100 now, and was 4096",
    });
    await writeFile(join(folder, "gateway.yaml"), `${yaml}# x\n`);
    expect(await target.write(change, cause)).toMatchObject({ written: true });
    expect(await readFile(join(folder, "gateway.yaml"), "utf8")).toBe(`${yaml.replace("4096", "512")}# x\n`);
  });

  it("that is missing, broken, or lacks the route is an error with the next name", async () => {
    const target = open("gateway.yaml", levers);
    expect(await target.read("enabled", scope)).toEqual({
      error: "file gateway.yaml does not exist",
      missing: true,
      nearest: [],
    });
    expect(await target.check()).toMatchObject({ ok: false, say: "file gateway.yaml does not exist" });
    await writeFile(join(folder, "gateway.yaml"), "a: [1\nb: 2\n");
    expect(await target.read("enabled", scope)).toEqual({
      error: "file gateway.yaml: line 1, column 4: [ opens here and is never closed",
    });
    expect(await target.check()).toMatchObject({ ok: false });
    await writeFile(join(folder, "gateway.yaml"), yaml);
    expect(await target.read("enabled", { route: "support.replay" })).toEqual({
      error: "file gateway.yaml: /routes/support.replay does not exist",
      missing: true,
      nearest: ["support.reply"],
    });
    await writeFile(join(folder, "gateway.yaml"), Buffer.from([0xff, 0xfe, 0x00]));
    expect(await target.read("enabled", scope)).toHaveProperty("error");
  });

  it("is written by one at a time", async () => {
    await writeFile(join(folder, "gateway.yaml"), yaml);
    const target = open("gateway.yaml", levers);
    const { value, version } = await read(target, "max_tokens", scope);
    const write = (n: number): Promise<Written> =>
      target.write(
        {
          id: "m1",
          mitigation: "x",
          target: "t",
          setting: "max_tokens",
          scope,
          before: value,
          after: { is: n },
          version,
        },
        cause,
      );
    const results = await Promise.all([write(1), write(2), write(3)]);
    expect(results.filter((r) => "written" in r)).toHaveLength(1);
    expect(results.filter((r) => "conflict" in r)).toHaveLength(2);
  });
});

describe("a JSON file", () => {
  it("keeps its layout and big numbers", async () => {
    const json = '{\r\n\t"routes": {"a/b": {"enabled": true, "n": 12345678901234567890}}\r\n}';
    await writeFile(join(folder, "g.json"), json);
    const target = open("g.json", levers);
    await set(target, "enabled", { route: "a/b" }, { is: false });
    expect(await readFile(join(folder, "g.json"), "utf8")).toBe(json.replace("true", "false"));
  });
});

describe("a disk that fails", () => {
  it("leaves the file as it was, and says so", async () => {
    const world = fakeWorld({ files: { "gateway.yaml": yaml } });
    const { value } = checkValue(file.schema, { path: "gateway.yaml", levers });
    const target = file.open(value as never, world, world.cwd);
    world.files.failWrites = (path) => (path.endsWith(".yaml") ? "no space left on device" : undefined);
    expect(await set(target, "enabled", scope, { is: false })).toMatchObject({
      refused: true,
      why: expect.stringContaining("no space left on device") as string,
    });
    expect(world.files.text(`${world.cwd}/gateway.yaml`)).toBe(yaml);
  });
});

it("refuses a path that is neither YAML nor JSON", () => {
  const { mistakes } = checkValue(file.schema, { path: "gateway.toml", levers: {} });
  expect(mistakes.map((m) => m.message)).toEqual(["`path` needs a .yaml, .yml or .json file"]);
});
