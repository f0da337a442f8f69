import type { Source } from "../sources/source.ts";
import type { Target } from "../targets/target.ts";
import type { World } from "../world/world.ts";
import type { Speaker } from "./speaker.ts";

interface Room {
  world: World;
  speaker: Speaker;
}

/** The same target. Who waits longer than a moment for its answer is told for whom. */
export function patient(name: string, target: Target, room: Room): Target {
  const wait = <T>(work: Promise<T>) => told(`Waiting for ${name} (${target.says}) to answer`, work, room);
  const { list, restart } = target;
  return {
    ...target,
    read: (setting, scope) => wait(target.read(setting, scope)),
    write: (change, cause) => wait(target.write(change, cause)),
    ...(list === undefined ? {} : { list: (dimension) => wait(list(dimension)) }),
    ...(restart === undefined ? {} : { restart: (setting, cause) => wait(restart(setting, cause)) }),
  };
}

/** As `patient`, for what a step reads of a source by itself. */
export function patientSource(name: string, source: Source, room: Room): Source {
  const wait = <T>(work: Promise<T>) => told(`Waiting for ${name} to answer`, work, room);
  const { calls, errors } = source;
  return {
    ...source,
    ...(calls === undefined ? {} : { calls: (of, range) => wait(calls(of, range)) }),
    ...(errors === undefined ? {} : { errors: (range) => wait(errors(range)) }),
  };
}

interface Wait {
  text: string;
  /** never fails */
  over: Promise<void>;
}

/** What each speaker's people wait for now, and whether it is being told. */
const waits = new WeakMap<Speaker, { all: Set<Wait>; isTold: boolean }>();

/**
 * What is waited for at the same time is told by one line, one after the other: two would write over each other. An interrupt
 * ends the telling, not the work: what is to be said then is said at once.
 */
export async function told<T>(text: string, work: Promise<T>, room: Room): Promise<T> {
  const waiting = waits.get(room.speaker) ?? { all: new Set<Wait>(), isTold: false };
  waits.set(room.speaker, waiting);
  const { all } = waiting;
  const done = () => void all.delete(wait);
  const wait: Wait = { text, over: work.then(done, done) };
  all.add(wait);
  if (waiting.isTold) return work;
  waiting.isTold = true;
  try {
    await tellAll(all, room);
  } finally {
    waiting.isTold = false;
  }
  return work;
}

async function tellAll(all: ReadonlySet<Wait>, { world, speaker }: Room): Promise<void> {
  const { interrupted, terminal } = world;
  let stop = () => {};
  const left = new Promise<void>((resolve) => (stop = resolve));
  interrupted.addEventListener("abort", stop, { once: true });
  if (interrupted.aborted) stop();
  try {
    for (let [next] = all; next !== undefined; [next] = interrupted.aborted ? [] : all) {
      const { text } = next;
      await speaker.prompting(() => terminal.waiting(text, Promise.race([overAll(text, all), left])));
    }
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
}

/** Also of those that began meanwhile. */
async function overAll(text: string, all: ReadonlySet<Wait>): Promise<void> {
  const same = () => [...all].filter((one) => one.text === text);
  for (let left = same(); left.length > 0; left = same()) await Promise.all(left.map(({ over }) => over));
}
