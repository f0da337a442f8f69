import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseProject } from "../../src/project.ts";
import { file } from "../../src/targets/file.ts";
import type { Target } from "../../src/targets/target.ts";
import type { Json } from "../../src/timeline/value.ts";
import { realFiles } from "../../src/world/files.ts";
import { cause } from "../fake/cause.ts";
import { fakeWorld } from "../fake/world.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const flags = `{
  "$schema": "https://flagd.example.com/schema/v0/flags.json",
  "flags": {
    "llm-support.reply": {
      "state": "ENABLED",
      "variants": { "on": true, "off": false, "beta": true },
      "defaultVariant": "on",
      "targeting": {}
    },
    "llm-search": { "state": "ENABLED", "variants": { "on": true, "off": false }, "defaultVariant": "on" }
  }
}
`;
const route = { route: "support.reply" };

/** The shipped example, in a folder of its own. */
async function stage(text = flags): Promise<{ folder: string; target: Target; now: () => string }> {
  const folder = mkdtempSync(join(tmpdir(), "llmops-flagd-"));
  folders.push(folder);
  writeFileSync(join(folder, "flags.json"), text);
  const { config } = await parseProject(readFileSync("templates/targets/flagd.yaml", "utf8"), "flagd.yaml");
  const target = file.open(config!.targets["flagd"]!.settings as never, { ...fakeWorld(), files: realFiles }, folder);
  return { folder, target, now: () => readFileSync(join(folder, "flags.json"), "utf8") };
}

async function set(target: Target, after: Json) {
  const read = await target.read("enabled", route);
  if ("error" in read) throw new Error(read.error);
  const values = { before: read.value, after: { is: after }, version: read.version };
  const change = {
    id: "m1",
    mitigation: "kill-switch",
    target: "flagd",
    setting: "enabled",
    scope: route,
    ...values,
  } as const;
  return { before: read.value, written: await target.write(change, cause) };
}

describe("flagd by its file", () => {
  it("is killed by the variant off: DISABLED would hand the decision to the code", async () => {
    const { target, now } = await stage();
    expect(await set(target, false)).toMatchObject({ before: { is: true }, written: { written: true } });
    expect(now()).toBe(flags.replace('"defaultVariant": "on",\n', '"defaultVariant": "off",\n'));
    expect(now()).not.toContain("DISABLED");
    expect(await set(target, true)).toMatchObject({ before: { is: false }, written: { written: true } });
    expect(now()).toBe(flags);
  });

  it("gets back the variant that it had, if that was another than on", async () => {
    const beta = flags.replace('"on",\n      "targ', '"beta",\n      "targ');
    const { target, now } = await stage(beta);
    const { before } = await set(target, false);
    expect(before).toEqual({ is: "beta" });
    await set(target, "beta");
    expect(now()).toBe(beta);
  });

  it("is never shown half a file: the old one stays whole for who reads it, the new one is there at once", async () => {
    const { target, folder, now } = await stage();
    const reader = openSync(join(folder, "flags.json"), "r");
    await set(target, false);
    expect(readFileSync(reader, "utf8")).toBe(flags);
    closeSync(reader);
    expect(now()).not.toBe(flags);
    expect(readdirSync(folder)).toEqual(["flags.json"]);
  });

  it("may watch a link: what it points to is replaced, the link stays", async () => {
    const { target, folder } = await stage();
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "flags.json"), flags);
    rmSync(join(folder, "flags.json"));
    symlinkSync(join("data", "flags.json"), join(folder, "flags.json"));
    expect(await set(target, false)).toMatchObject({ written: { written: true } });
    expect(readFileSync(join(folder, "data", "flags.json"), "utf8")).toContain('"defaultVariant": "off",\n');
    expect(readdirSync(join(folder, "data"))).toEqual(["flags.json"]);
  });

  it("knows its routes, and a flag that is not there is told with the nearest", async () => {
    const { target } = await stage();
    expect(await target.read("enabled", { route: "support.replay" })).toMatchObject({
      missing: true,
      nearest: ["llm-support.reply", "llm-search"],
    });
  });
});
