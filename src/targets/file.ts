import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { extname, normalize, resolve } from "node:path";
import { z } from "zod";
import { readAt, type Format } from "../document/edit.ts";
import { messageOf, UserError } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { durationSchema } from "../schema/schema.ts";
import type { Written } from "../timeline/setting.ts";
import type { World } from "../world/world.ts";
import type { Entry, KeyValue } from "./keyValue.ts";
import { addressesOf, leversOf, pointerLeversSchema } from "./lever.ts";
import { openLevers } from "./openLevers.ts";
import type { TargetKind } from "./target.ts";

const formats: Record<string, Format> = { ".yaml": "yaml", ".yml": "yaml", ".json": "json" };

const settings = z.strictObject({
  /** relative to the project file */
  path: z
    .string()
    .refine((path) => formats[extname(path)] !== undefined, { message: "needs a .yaml, .yml or .json file" }),
  settles: durationSchema.default(0),
  levers: pointerLeversSchema,
});
type Settings = z.output<typeof settings>;

const longest = 1 << 20;
/** how long another process may hold the file, ms */
const lockMs = 5000;

export const file: TargetKind<Settings> = {
  kind: "file",
  summary: "a YAML or JSON file on this machine; comments and all other bytes stay",
  schema: settings,
  example: [
    "path: config/gateway.yaml",
    "settles: 5s",
    "levers:",
    "  enabled: /routes/{route}/enabled",
    '  max_tokens: { at: "/routes/{route}/max_tokens", create: true }',
    "",
  ].join("\n"),
  // An editor may save between our last look and our rename: no condition the file system could check.
  levers: (set) => leversOf(set.levers, { conditional: false, settles: set.settles }),
  addresses: (set) => addressesOf(set.levers, normalize(set.path)),
  open(set, world, folder) {
    const levers = leversOf(set.levers, { conditional: false, settles: set.settles });
    return openLevers(set.levers, levers, openFile(set.path, world, folder), world.clock);
  },
};

/** One file; its levers are pointers into it, so there is one address. */
function openFile(path: string, world: World, folder: string): KeyValue {
  const absolute = resolve(folder, path);
  const says = `file ${harmless(path)}`;
  const format = formats[extname(path)]!;

  async function get(): Promise<Entry | { error: string; missing?: true }> {
    try {
      const text = await world.files.read(absolute, longest);
      if (text === undefined) return { error: `${says} does not exist`, missing: true };
      return { text, version: digest(text), identity: `${says}, ${sayBytes(Buffer.byteLength(text))}` };
    } catch (thrown) {
      return { error: whatOf(thrown) };
    }
  }

  return {
    kind: "file",
    says,
    format,
    encode: (value) => value,
    get,
    async put({ text, version }) {
      if (text === null) return { refused: true, why: "a whole file is never taken away" };
      let begun = false;
      try {
        return await world.files.locked(`${absolute}.lock`, lockMs, async (): Promise<Written> => {
          const now = await get();
          if ("error" in now) return { refused: true, why: now.error };
          if (now.version !== version) return { conflict: true, live: null, why: `${says} was changed just now` };
          begun = true;
          await world.files.replace(absolute, text, "follow");
          return { written: true, version: digest(text) };
        });
      } catch (thrown) {
        const after = begun ? await get() : undefined;
        const applied = after !== undefined && (!("version" in after) || after.version !== version);
        return applied ? { unknown: true, why: whatOf(thrown) } : { refused: true, why: whatOf(thrown) };
      }
    },
    list: async () => [],
    async check() {
      const began = world.clock.monotonic();
      const got = await get();
      const ms = (world.clock.monotonic() - began) / world.clock.speed;
      if ("error" in got) return { ok: false, say: got.error, ms };
      const read = readAt(got.text ?? "", format, "");
      if ("error" in read) return { ok: false, say: `${says}: ${read.error}`, ms };
      return { ok: true, say: `${sayBytes(Buffer.byteLength(got.text ?? ""))}, write not tried`, ms };
    },
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A failure of ours is shown; anything else is a bug and goes on. */
function whatOf(thrown: unknown): string {
  if (thrown instanceof UserError) return messageOf(thrown);
  throw thrown;
}

function sayBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`;
}
