import { UserError } from "../errors.ts";
import { openProject } from "../project.ts";
import { nameOf, standing, standingAbove, type Placed } from "../timeline/changes.ts";
import type { Outline } from "../timeline/incident.ts";
import type { Live } from "../timeline/live.ts";
import { atMost } from "../world/turns.ts";
import type { World } from "../world/world.ts";

/** Who does not answer within this (ms of the reader's time) is not waited for. */
const patienceMs = 2000;

/** Reads what stands at the levers of all changes that are live or in doubt, all at once. Nobody who is down holds it up. */
export async function readLive(world: World, incidents: readonly Outline[]): Promise<Map<Placed, Live>> {
  const stop = new AbortController();
  const project = await openProject(inHaste(world, stop.signal));
  const inTurn = atMost(20);
  const late = world.clock.sleep(patienceMs * world.clock.speed, stop.signal).then(
    () => stop.abort(),
    () => {},
  );

  async function read(placed: Placed): Promise<Live> {
    const above = standingAbove(placed, incidents);
    if (above !== undefined) return { beneath: nameOf(above) };
    const { change } = placed.tracked;
    const target = project.targets.find(({ name }) => name === change.target);
    if (target === undefined || target.levers.every(({ setting }) => setting !== change.setting))
      return { error: `the project no longer has ${change.setting} on ${change.target}` };
    try {
      const answer = await target.open().read(change.setting, change.scope);
      return "error" in answer ? { error: answer.error } : { value: answer.value, at: answer.at };
    } catch (thrown) {
      // a secret that cannot be had
      if (!(thrown instanceof UserError)) throw thrown;
      return { error: thrown.what };
    }
  }

  const silent = late.then((): Live => ({ error: `no answer within ${patienceMs / 1000} s` }));
  try {
    const all = standing(incidents).map(
      async (placed) => [placed, await Promise.race([inTurn(() => read(placed)), silent])] as const,
    );
    const live = new Map(await Promise.all(all));
    world.interrupted.throwIfAborted();
    return live;
  } finally {
    stop.abort();
    await project.close();
  }
}

/** What is still out when its time is over is given up: the program ends with its answer. */
function inHaste(world: World, over: AbortSignal): World {
  return {
    ...world,
    http: (request) =>
      world.http({ ...request, signal: AbortSignal.any([over, ...(request.signal ? [request.signal] : [])]) }),
    exec: (argv, options) => world.exec(argv, { ...options, timeoutMs: Math.min(options.timeoutMs, patienceMs) }),
  };
}
