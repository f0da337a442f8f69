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

/** An interrupt ends the telling, not the work: what is to be said then is said at once. */
export async function told<T>(text: string, work: Promise<T>, { world, speaker }: Room): Promise<T> {
  const { interrupted, terminal } = world;
  let stop = () => {};
  const left = new Promise<void>((resolve) => (stop = resolve));
  interrupted.addEventListener("abort", stop, { once: true });
  if (interrupted.aborted) stop();
  try {
    await speaker.prompting(() => terminal.waiting(text, Promise.race([work, left])));
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
  return work;
}
