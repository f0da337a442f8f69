import { join, relative } from "node:path";
import { exit, UserError } from "../errors.ts";
import type { World } from "../world/world.ts";
import { headOf, stamp } from "./chain.ts";
import type { Event, UnknownEvent } from "./event.ts";
import { fact } from "./event.ts";
import type { Lease, Store, Timeline } from "./store.ts";

/** One folder per incident below `<folder>/incidents`, one JSON line per event in `timeline.jsonl`. */
export function openFileStore(world: World, folder: string): Store {
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

  return {
    says: shown(root),
    place: (incident) => shown(place(incident)),

    async append(incident, afterSeq, facts, author) {
      const file = fileOf(incident);
      await world.files.makeFolder(place(incident));
      return world.files.locked(join(place(incident), "append.lock"), 5000, async () => {
        const { events, torn } = parseTimeline(await world.files.read(file));
        if (events.length > 0 && events.at(-1)!.seq > afterSeq)
          return { newer: events.filter((e) => e.seq > afterSeq) };
        const said = [...facts];
        if (torn !== undefined) said.unshift(fact("torn", await setAside(world, file, torn)));
        const stamped = stamp(said, incident, headOf(events), world.clock.now(), author);
        await world.files.append(file, stamped.map((e) => `${JSON.stringify(e)}\n`).join(""));
        return { events: stamped };
      });
    },

    async read(incident): Promise<Timeline> {
      const text = await world.files.read(fileOf(incident));
      if (text === undefined) throw unknownIncident(incident);
      return parseTimeline(text);
    },

    async list() {
      const names = await world.files.list(root);
      const complete = await Promise.all(
        names.filter(isIncidentId).map(async (id) => ({ id, at: openedAt(await world.files.read(fileOf(id))) })),
      );
      return complete
        .flatMap(({ id, at }) => (at === undefined ? [] : [{ id, at }]))
        .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
        .map(({ id }) => id);
    },

    async lease(incident): Promise<Lease | { heldBy: string }> {
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      return new Promise((resolve, reject) => {
        const done = world.files.locked(join(place(incident), "walk.lock"), 0, async () => {
          resolve({
            async release() {
              release();
              await done;
            },
          });
          await held;
        });
        done.catch((error: unknown) => {
          if (error instanceof UserError && error.code === exit.conflict) resolve({ heldBy: error.what });
          else reject(error);
        });
      });
    },
  };
}

export function isIncidentId(text: string): boolean {
  return /^(INC|CHG|DRILL)-[0-9]{4}-[a-z2-7]{4,16}$/.test(text);
}

function unknownIncident(incident: string): UserError {
  return new UserError({
    what: `There is no incident ${JSON.stringify(incident)} here.`,
    next: "llmops incident list",
    code: exit.usage,
  });
}

interface Parsed extends Timeline {
  /** text behind the last newline: a write that was cut off */
  torn?: string;
}

/** A line without its newline was never durable: it is torn, not bad. */
export function parseTimeline(text: string | undefined): Parsed {
  const events: (Event | UnknownEvent)[] = [];
  const bad: Timeline["bad"] = [];
  const lines = (text ?? "").split("\n");
  const tail = lines.pop()!;
  for (const [index, line] of lines.entries()) {
    const event = parseEvent(line);
    if (typeof event === "string") bad.push({ line: index + 1, why: event });
    else events.push(event);
  }
  return tail === "" ? { events, bad } : { events, bad, torn: tail };
}

function parseEvent(line: string): Event | UnknownEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON";
  }
  if (typeof value !== "object" || value === null) return "not a record";
  const e = value as Record<string, unknown>;
  const whole =
    typeof e["v"] === "number" &&
    typeof e["seq"] === "number" &&
    typeof e["at"] === "number" &&
    typeof e["type"] === "string" &&
    typeof e["digest"] === "string" &&
    typeof e["prev"] === "string" &&
    "payload" in e;
  return whole ? (value as Event) : "not a whole record";
}

/** Moves a cut-off last line into a file beside the timeline, so that the next record starts on a fresh line. */
async function setAside(world: World, file: string, torn: string): Promise<{ file: string; bytes: number }> {
  const aside = `${file}.torn-${world.random.id(6)}`;
  await world.files.replace(aside, torn);
  const text = (await world.files.read(file))!;
  await world.files.replace(file, text.slice(0, text.length - torn.length));
  return { file: aside.slice(aside.lastIndexOf("/") + 1), bytes: Buffer.byteLength(torn) };
}

function openedAt(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseTimeline(text.slice(0, text.indexOf("\n") + 1)).events[0]?.at;
}
