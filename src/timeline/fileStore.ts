import { basename, join, relative } from "node:path";
import type { Growing } from "../world/grow.ts";
import { Locked } from "../world/holder.ts";
import type { Held } from "../world/lock.ts";
import type { World } from "../world/world.ts";
import { digestOf, stamp, start, type Author } from "./chain.ts";
import { cleanFacts, keyedHash } from "./clean.ts";
import { canErase, erasing } from "./erase.ts";
import { fact, type Fact } from "./event.ts";
import { examine } from "./examine.ts";
import { readLines } from "./lines.ts";
import { readOutline } from "./outline.ts";
import { openOutlineCache } from "./outlineCache.ts";
import { cutBeneath, damagedRecord, newerWrote, tookOver, unknownIncident } from "./refusals.ts";
import { behindOwn, lineOf, nothing, readBehind, seenOf, startOf, type Seen } from "./seen.ts";
import type { Lease, Store, Taken, Timeline } from "./store.ts";

/** One folder per incident below `<folder>/incidents`, one JSON line per event in `timeline.jsonl`. */
export function openFileStore(world: World, folder: string): Store {
  const { files } = world;
  const root = join(folder, "incidents");
  const place = (incident: string) => {
    if (!isIncidentId(incident)) throw unknownIncident(incident);
    return join(root, incident);
  };
  const fileOf = (incident: string) => join(place(incident), "timeline.jsonl");
  const shown = (path: string) => {
    const short = relative(world.cwd, path);
    return short === "" || short.startsWith("..") ? path : short;
  };
  const trust = async (to: "read" | "write", ...more: string[]) => {
    for (const one of [folder, root, ...more]) await files.trust(one, to);
  };
  const seen = new Map<string, Seen>();
  const outlines = openOutlineCache(world, folder);
  const leases = new Map<string, Held>();

  const read = async (incident: string): Promise<Timeline> => {
    await trust("read", place(incident));
    const reader = readLines();
    if (!(await files.scan(fileOf(incident), reader.see))) throw unknownIncident(incident);
    const lines = reader.end();
    const timeline = examine(lines, incident);
    seen.set(incident, seenOf(lines, timeline));
    return timeline;
  };

  /** Nothing is there before the first facts are durable, all of them. */
  const begin = async (incident: string, facts: readonly Fact[], author: Author) => {
    await files.makeFolder(place(incident));
    const events = stamp(facts, incident, start, world.clock.now(), author);
    const lines = events.map(lineOf);
    if (!(await files.create(fileOf(incident), lines.join("")))) return { newer: (await read(incident)).events };
    seen.set(incident, behindOwn(nothing, events, lines));
    return { events };
  };

  /** Another process erased something: the bytes are others, and all that was seen stands there by its hash. */
  const behindErased = async (incident: string, known: Seen) => {
    const { events, hashes, findings } = await read(incident);
    const isSame = hashes[known.head.seq - 1] === known.head.hash && findings.every(({ what }) => what === "torn");
    if (isSame) return events;
    seen.set(incident, known);
    return undefined;
  };

  const append = async (
    file: Growing,
    lock: Held,
    incident: string,
    afterSeq: number,
    said: Fact[],
    author: Author,
  ) => {
    const known = seen.get(incident)!;
    const behind = readBehind(known, [file.read(startOf(known))]);
    const erased = behind === undefined ? await behindErased(incident, known) : undefined;
    if (erased !== undefined) return { newer: erased.filter(({ seq }) => seq > afterSeq) };
    if (behind === undefined || afterSeq > behind.now.head.seq) throw cutBeneath(incident, shown(fileOf(incident)));
    const { now, events } = behind;
    seen.set(incident, now);
    if (known.head.seq > afterSeq) return { newer: (await read(incident)).events.filter(({ seq }) => seq > afterSeq) };
    if (now.head.seq > afterSeq) return { newer: events };
    if (now.newer) throw newerWrote(incident);
    const bytes = file.size - now.size;
    const aside = bytes === 0 ? undefined : `${fileOf(incident)}.torn-${world.random.id(10)}`;
    const facts = aside === undefined ? said : [fact("torn", { file: basename(aside), bytes }), ...said];
    const stamped = stamp(facts, incident, now.head, world.clock.now(), author);
    const lines = stamped.map(lineOf);
    if (!lock.isOurs() || leases.get(incident)?.isOurs() === false) throw tookOver(incident);
    if (aside === undefined) await file.append(lines.join(""));
    else await file.mend(now.size, aside, lines.join(""));
    seen.set(incident, behindOwn(now, stamped, lines));
    return { events: stamped };
  };

  return {
    says: shown(root),
    place: (incident) => shown(place(incident)),
    read,

    async append(incident, afterSeq, facts, author) {
      await trust("write", place(incident));
      const said = await cleanFacts(facts, world.secrets, () => keyOf(world, folder));
      if (afterSeq === 0) return begin(incident, said, author);
      if (!seen.has(incident)) await read(incident);
      const result = await files.locked(join(place(incident), "append.lock"), 5000, (lock) =>
        files.grow(fileOf(incident), (file) => append(file, lock, incident, afterSeq, said, author)),
      );
      if (result === undefined) throw cutBeneath(incident, shown(fileOf(incident)));
      outlines.keep();
      return result;
    },

    async news(incident, afterSeq) {
      const known = seen.get(incident);
      const pieces: Uint8Array[] = [];
      if (known?.head.seq === afterSeq) {
        await files.scan(fileOf(incident), (piece) => void pieces.push(Uint8Array.from(piece)), startOf(known));
        const behind = readBehind(known, pieces);
        if (behind !== undefined) {
          seen.set(incident, behind.now);
          return behind.events;
        }
      }
      return (await read(incident)).events.filter(({ seq }) => seq > afterSeq);
    },

    async erase(incident, seqs, reason, author) {
      await trust("write", place(incident));
      const file = fileOf(incident);
      return files.locked(join(place(incident), "append.lock"), 5000, async (lock) => {
        let { events, findings } = await read(incident);
        if (findings.some(({ what }) => what === "torn")) {
          const { seq } = seen.get(incident)!.head;
          await files.grow(file, (grown) => append(grown, lock, incident, seq, [], author));
          ({ events, findings } = await read(incident));
        }
        const known = seen.get(incident)!;
        if (findings.length > 0) throw damagedRecord(incident, findings[0]!.why);
        if (known.newer) throw newerWrote(incident);
        const wanted = events.filter((event) => seqs.includes(event.seq) && event.payload !== null && canErase(event));
        if (wanted.length === 0) return [];
        const facts = wanted.map(({ seq }) => fact("erased", { seq, reason }));
        const said = await cleanFacts(facts, world.secrets, () => keyOf(world, folder));
        const stamped = stamp(said, incident, known.head, world.clock.now(), author);
        const text = await files.read(file);
        if (text === undefined) throw cutBeneath(incident, shown(file));
        if (!lock.isOurs()) throw tookOver(incident);
        await files.replace(file, erasing(text, wanted) + stamped.map(lineOf).join(""));
        seen.delete(incident);
        return stamped;
      });
    },

    async fingerprint(text) {
      await trust("write");
      return keyedHash(text, (await keyOf(world, folder)).trim());
    },

    async outline(incident) {
      const at = place(incident);
      const file = join(at, "timeline.jsonl");
      // before its bytes: what is written while they are read makes it another version
      const lookedAt = world.clock.now();
      const version = await files.version(file);
      const known = version && outlines.known(incident, version);
      if (known) return known.outline;
      // `list` looked at the folders above
      await files.trust(at, "read");
      const kept = version && (await outlines.recall(incident, version));
      if (kept) return kept.outline;
      const reader = readOutline();
      await files.scan(file, reader.see);
      const outline = reader.end();
      if (version !== undefined) outlines.put(incident, { version, outline, lookedAt });
      return outline;
    },

    async list() {
      await trust("read");
      return (await files.list(root)).filter(isIncidentId);
    },

    async lease(incident) {
      await trust("write", place(incident));
      const lease = await take(world, join(place(incident), "walk.lock"), (lock) => leases.set(incident, lock));
      if ("heldBy" in lease) return lease;
      const release = async () => {
        leases.delete(incident);
        await lease.release();
      };
      return { ...lease, release };
    },

    async hold(named) {
      const locks = join(folder, "writing");
      await trust("write", locks);
      await files.makeFolder(locks);
      return take(world, join(locks, `${digestOf(named).slice(0, 16)}.lock`));
    },
  };
}

/** What marks of hidden values are made with: drawn once for a store, and of no use without its timelines. */
async function keyOf(world: World, folder: string): Promise<string> {
  const file = join(folder, "redaction.key");
  const known = await world.files.read(file);
  if (known !== undefined) return known;
  await world.files.makeFolder(folder);
  await world.files.create(file, `${world.random.id(52)}\n`);
  return (await world.files.read(file))!;
}

/** A lock for as long as it is wanted. */
function take(world: World, path: string, took: (lock: Held) => void = () => {}): Promise<Lease | Taken> {
  return new Promise((resolve, reject) => {
    const done: Promise<void> = world.files.locked(path, 0, async (lock) => {
      took(lock);
      await new Promise<void>((end) => {
        const release = async () => {
          end();
          await done;
        };
        resolve({ release, isOurs: () => lock.isOurs(), ...(lock.after === undefined ? {} : { after: lock.after }) });
      });
    });
    done.catch((error: unknown) => {
      if (!(error instanceof Locked)) return reject(error);
      resolve({ heldBy: error.what, next: error.next!, isWorking: error.isWorking });
    });
  });
}

export function isIncidentId(text: string): boolean {
  return /^(INC|CHG|DRILL)-[0-9]{4}-[a-z2-7]{4,16}$/.test(text);
}
