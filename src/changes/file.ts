import { resolve } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { harmless } from "../harmless.ts";
import { readTime } from "../sources/httpNumber.ts";
import { parseJson } from "../sources/json.ts";
import type { Deed } from "../timeline/deed.ts";
import { dimensions, type Scope } from "../timeline/scope.ts";
import { isWithin, type ChangeKind } from "./change.ts";

const settings = z.strictObject({
  /** relative to the project file */
  path: z.string().min(1),
});

export const file: ChangeKind<z.output<typeof settings>> = {
  kind: "file",
  summary: "JSON Lines that any deploy script can append to: at, what, who, where",
  schema: settings,
  example: "path: changes.jsonl\n",
  open({ path }, world, folder) {
    const name = resolve(folder, path);
    async function read(): Promise<Read & { ms: number }> {
      const began = world.clock.monotonic();
      const result = await world.files.read(name, longest).then(
        (text): Read => (text === undefined ? { error: `there is no file ${harmless(name)}` } : readLines(text)),
        (thrown: unknown): Read => ({ error: messageOf(thrown) }),
      );
      return { ...result, ms: Math.round((world.clock.monotonic() - began) / world.clock.speed) };
    }
    return {
      asks: `lines of ${harmless(name)}`,
      async changes(from, to) {
        const answer = await read();
        if ("error" in answer) return answer;
        const { deeds, unread, ms } = answer;
        const warnings = unread === 0 ? [] : [`${unread} ${unread === 1 ? "line" : "lines"} could not be read`];
        return { data: deeds.filter(({ at }) => isWithin(at, from, to)), warnings, ms };
      },
      async check() {
        const answer = await read();
        if ("error" in answer) return { ok: false, say: answer.error, ms: answer.ms };
        const { deeds, unread, ms } = answer;
        const say = `${deeds.length} changes${unread === 0 ? "" : `, ${unread} lines that could not be read`}`;
        return { ok: unread === 0, say, ms };
      },
    };
  },
};

const longest = 16 << 20;

type Read = { deeds: Deed[]; unread: number } | { error: string };

/** A last line without its end is still being written. */
function readLines(text: string): Read {
  const lines = text.split("\n");
  const rest = lines.pop()!;
  const told = lines.filter((line) => line.trim() !== "").map(readDeed);
  const deeds = [...told, readDeed(rest)].filter((deed) => deed !== undefined);
  return { deeds, unread: told.filter((deed) => deed === undefined).length };
}

const texts = z.string().trim().min(1);
const row = z.object({
  at: z.unknown(),
  what: texts,
  who: texts.optional(),
  where: z.record(z.string(), z.unknown()).optional(),
  ref: texts.optional(),
});

function readDeed(line: string): Deed | undefined {
  const { data } = row.safeParse(parseJson(line));
  const at = data === undefined ? undefined : readTime(data.at);
  if (data === undefined || at === undefined) return undefined;
  const where = readScope(data.where ?? {});
  return {
    at,
    what: data.what,
    ...(data.who === undefined ? {} : { who: data.who }),
    ...(Object.keys(where).length === 0 ? {} : { where }),
    ...(data.ref === undefined ? {} : { ref: data.ref }),
  };
}

function readScope(where: Record<string, unknown>): Scope {
  return Object.fromEntries(
    dimensions.flatMap((dimension) => {
      const value = Object.hasOwn(where, dimension) ? where[dimension] : undefined;
      return typeof value === "string" && value !== "" ? [[dimension, value]] : [];
    }),
  );
}
