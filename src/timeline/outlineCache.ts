import { hash } from "node:crypto";
import { join } from "node:path";
import { version as program } from "../version.ts";
import type { World } from "../world/world.ts";
import type { Outline } from "./incident.ts";

/** Raised when what an outline holds, or how it is written here, becomes another. */
const format = 1;
/** Not worth a file for fewer. */
const fewest = 20;
const mostBytes = 32 * 1024 * 1024;
/** So long (ms) is written at most; the rest is kept by the next one. */
const patienceMs = 200;
/** Younger than this (ms), a timeline might be written to again at the same tick of the disk's clock: two seconds on some. */
const youngMs = 3000;

export interface Known {
  /** of the bytes that it was read from */
  version: string;
  /** undefined: its first facts never became durable */
  outline: Outline | undefined;
  /** when it was read (ms), before its version was; undefined: by an earlier process */
  lookedAt?: number;
}

/** What was read of timelines, as long as those are what they were. */
export interface OutlineCache {
  known(incident: string, version: string): Known | undefined;
  /** what an earlier process left; to be asked when it was not known */
  recall(incident: string, version: string): Promise<Known | undefined>;
  put(incident: string, known: Known): void;
  /** something was recorded: what was read of incidents that are over is kept for the processes after this one */
  keep(): void;
}

/** A line of the file. */
interface Kept {
  version: string;
  line: string;
}

/**
 * In this process, and for incidents that are over in `outlines.cache` of the state folder, which is only there to save
 * time: without it, or with one that is damaged, another program's or somebody else's, everything is read anew.
 *
 * What is decided about production may be decided from it. An outline counts only for a timeline of the very same inode,
 * size, and times to a fraction of a millisecond, one of which nobody sets, and it is what reading those bytes gave. Ours only
 * ever grow or are replaced; what may have been written to in place since, at the tick at which it was read, is not kept.
 * Nor is anything that is open, damaged, of a newer program, or that production carries or may carry: these are always read.
 */
export function openOutlineCache({ files, clock, afterwards }: World, folder: string): OutlineCache {
  const path = join(folder, "outlines.cache");
  const known = new Map<string, Known>();
  let kept: Map<string, Kept> | undefined;
  let isDue = false;

  async function keepAll(): Promise<void> {
    if (kept === undefined) return;
    const until = clock.monotonic() + patienceMs;
    const there = new Set(await files.list(join(folder, "incidents")));
    const lines: string[] = [];
    let size = 0;
    const add = (line: string) => (size += Buffer.byteLength(line) + 1) < mostBytes - 1000 && lines.push(`${line}\n`);
    for (const [incident, { version, line }] of kept)
      if (there.has(incident) && (known.get(incident)?.version ?? version) === version) add(line);
    const before = lines.length;
    for (const [incident, one] of known) {
      if (!there.has(incident) || kept.get(incident)?.version === one.version || !isOver(one)) continue;
      if (clock.monotonic() > until || !add(lineOf(incident, one.version, one.outline!))) break;
    }
    // of incidents that somebody removed nothing stays behind
    const isAllThere = [...kept.keys()].every((incident) => there.has(incident));
    if (isAllThere && lines.length - before < fewest) return;
    const all = Buffer.from(lines.join(""));
    await files.keep(path, Buffer.concat([Buffer.from(headOf(all)), all]));
  }

  return {
    known(incident, version) {
      const one = known.get(incident);
      return one?.version === version ? one : undefined;
    },
    async recall(incident, version) {
      kept ??= readKept(await files.recall(path, mostBytes));
      const line = kept.get(incident);
      if (line?.version !== version) return undefined;
      const outline = outlineIn(line);
      if (outline === undefined) return void kept.delete(incident);
      const found = { version, outline };
      known.set(incident, found);
      return found;
    },
    put: (incident, one) => void known.set(incident, one),
    keep() {
      if (!isDue) afterwards.push(keepAll);
      isDue = true;
    },
  };
}

/** Closed for so long that it stays what it is, and of no concern to production. */
function isOver({ outline, version, lookedAt }: Known): boolean {
  if (outline?.state !== "closed" || outline.newer || outline.damage.length > 0 || lookedAt === undefined) return false;
  const times = version.split(" ").slice(-2).map(Number);
  return (
    times.every((at) => lookedAt - at >= youngMs) &&
    outline.changes.every(({ state }) => state === "ended" || state === "not-applied")
  );
}

function headOf(all: Uint8Array): string {
  return `llmops ${program} outlines ${format} ${hash("sha256", all)}\n`;
}

/** By incident. None when it is not whole, or another program's. */
function readKept(bytes: Uint8Array | undefined): Map<string, Kept> {
  const kept = new Map<string, Kept>();
  if (bytes === undefined) return kept;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const begin = file.indexOf("\n") + 1;
  const all = file.subarray(begin);
  if (begin === 0 || file.toString("latin1", 0, begin) !== headOf(all)) return kept;
  for (const line of all.toString().split("\n").slice(0, -1)) {
    const [to, from] = [line.indexOf(" "), line.indexOf("[")];
    kept.set(line.slice(0, to), { version: line.slice(to + 1, from - 1), line });
  }
  return kept;
}

/** A plan that is among the plans is not written twice. */
function lineOf(incident: string, version: string, outline: Outline): string {
  const changes = outline.changes.map(({ plan, ...rest }) =>
    outline.plans.get(rest.change.id) === plan ? rest : { ...rest, plan },
  );
  const parts = Object.entries({ ...outline, changes });
  const maps = parts.flatMap(([name, part]) => (part instanceof Map ? [[name, [...part]]] : []));
  const others = parts.filter(([, part]) => !(part instanceof Map));
  return `${incident} ${version} ${JSON.stringify([maps, Object.fromEntries(others)])}`;
}

/** Undefined when it holds something else: nobody who is in a hurry ends on what only saves time. */
function outlineIn({ line }: Kept): Outline | undefined {
  try {
    const [maps, outline] = JSON.parse(line.slice(line.indexOf("["))) as [[string, []][], Outline];
    Object.assign(outline, Object.fromEntries(maps.map(([name, entries]) => [name, new Map(entries)])));
    for (const tracked of outline.changes) tracked.plan ??= outline.plans.get(tracked.change.id)!;
    return outline;
  } catch {
    return undefined;
  }
}
