import { UserError } from "../errors.ts";
import { openProject, type Project } from "../project.ts";
import { nameOf, onLeversOf, standing, standingAbove, type Placed } from "../timeline/changes.ts";
import type { Outline } from "../timeline/incident.ts";
import type { Live } from "../timeline/live.ts";
import { atMost } from "../world/turns.ts";
import type { World } from "../world/world.ts";

/** Who does not answer within this (ms of the reader's time) is not waited for. */
const patienceMs = 2000;

/** The levers of changes. */
export interface Levers {
  project: Project;
  /**
   * Reads what stands at the levers of all changes that are live or in doubt, all at once. Nobody who is down holds it up.
   * `among`: only these of them
   */
  read(incidents: readonly Outline[], among?: readonly Placed[]): Promise<Map<Placed, Live>>;
  close(): Promise<void>;
}

/** Targets are opened, and their secrets asked for, once, however often they are read. */
export async function openLive(world: World): Promise<Levers> {
  let stop = new AbortController();
  const project = await openProject(inHaste(world, () => stop.signal));

  async function read(placed: Placed, incidents: readonly Outline[]): Promise<Live> {
    const above = standingAbove(placed, incidents);
    if (above !== undefined) return { beneath: nameOf(above) };
    const { change } = placed.tracked;
    const target = project.targets.find(({ name }) => name === change.target);
    if (target === undefined || target.levers.every(({ setting }) => setting !== change.setting))
      return { error: `the project no longer has ${change.setting} on ${change.target}` };
    try {
      const answer = await target.open().read(change.setting, change.scope);
      if ("error" in answer) return { error: answer.error };
      const { value, at, notes } = answer;
      return { value, at, ...(notes === undefined ? {} : { notes }) };
    } catch (thrown) {
      // a secret that cannot be had
      if (!(thrown instanceof UserError)) throw thrown;
      return { error: thrown.what };
    }
  }

  return {
    project,
    async read(incidents, among = standing(incidents)) {
      const over = (stop = new AbortController());
      const inTurn = atMost(20);
      const silent = world.clock.sleep(patienceMs * world.clock.speed, over.signal).then(
        (): Live => {
          over.abort();
          return { error: `no answer within ${patienceMs / 1000} s` };
        },
        (): Live => ({ error: "interrupted" }),
      );
      try {
        const near = onLeversOf(among, incidents);
        const all = among.map(
          async (placed) => [placed, await Promise.race([inTurn(() => read(placed, near)), silent])] as const,
        );
        const live = new Map(await Promise.all(all));
        world.interrupted.throwIfAborted();
        return live;
      } finally {
        over.abort();
      }
    },
    close: () => project.close(),
  };
}

/** What is still out when its time (`over`) is over is given up: the program ends with its answer. */
export function inHaste(world: World, over: () => AbortSignal): World {
  return {
    ...world,
    http: (request) =>
      world.http({ ...request, signal: AbortSignal.any([over(), ...(request.signal ? [request.signal] : [])]) }),
    exec: (argv, options) => world.exec(argv, { ...options, timeoutMs: Math.min(options.timeoutMs, patienceMs) }),
    redis: (server, work) =>
      world.redis({ ...server, signal: AbortSignal.any([over(), ...(server.signal ? [server.signal] : [])]) }, work),
  };
}
