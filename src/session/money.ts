import { messageOf } from "../errors.ts";
import { findRoute } from "../gather/route.ts";
import { openProject, type Project } from "../project.ts";
import { usualOf } from "../signals/baseline.ts";
import type { Series } from "../sources/source.ts";
import { fact, type Facts } from "../timeline/event.ts";
import type { Incident, Outline } from "../timeline/incident.ts";
import { reckon, reliefs, type Burn, type Rate } from "../timeline/money.ts";
import { onsetIn } from "../timeline/onset.ts";
import type { Recorder } from "../timeline/recorder.ts";
import type { World } from "../world/world.ts";
import { inHaste } from "./live.ts";
import { measuring } from "./meter.ts";

/** What an incident costs, reckoned from what its source tells; or why nobody knows. */
export type Money = { spent: Facts["spent"] } | { why: string };

const signal = "cost_per_hour";
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** who looks at a screen waits so long at most, ms */
const patienceMs = 2000;
/** so far back is reckoned, ms, in so many readings */
const longestMs = 7 * dayMs;
const mostReadings = 240;

/** Is it about money, as far as its record tells? */
export function isAboutMoney(incident: Outline & Partial<Pick<Incident, "measurements">>): boolean {
  const read = [...(incident.measurements?.values() ?? [])];
  return incident.kind === "incident" && (incident.class === "cost" || read.some(({ last }) => last.signal === signal));
}

/** The money clocks of incidents for a screen, by id; only of those that are about money. */
export async function moneyFor(world: World, incidents: readonly Incident[]): Promise<Map<string, Money>> {
  const asked = incidents.filter((incident) => isAboutMoney(incident) && incident.state !== "closed");
  const over = new AbortController();
  const project = asked.length === 0 ? undefined : await openProject(inHaste(world, () => over.signal));
  try {
    const all = incidents.map(async (incident): Promise<[string, Money][]> => {
      if (asked.includes(incident)) return [[incident.id, await moneyOf(world, project!, incident)]];
      return incident.spent === undefined ? [] : [[incident.id, { spent: incident.spent }]];
    });
    return new Map((await Promise.all(all)).flat());
  } finally {
    over.abort();
    await project?.close();
  }
}

/** The money clock of one incident as it stands now; what is not answered in time (ms of the reader's time) is not waited for. */
export async function moneyOf(world: World, project: Project, incident: Incident, ms = patienceMs): Promise<Money> {
  const stop = new AbortController();
  const late = world.clock.sleep(ms * world.clock.speed, stop.signal).then(
    (): Money => ({ why: `no answer within ${ms / 1000} s` }),
    (): Money => ({ why: "interrupted" }),
  );
  try {
    const failed = (thrown: unknown): Money => ({ why: messageOf(thrown) });
    const money = await Promise.race([readMoney(world, project, incident).catch(failed), late]);
    world.interrupted.throwIfAborted();
    return money;
  } finally {
    stop.abort();
  }
}

/** Records what an incident cost, at most so long (ms) waited for. It is worth knowing, and not worth a failure. */
export async function recordSpentWithin(ms: number, world: World, project: Project, recorder: Recorder): Promise<void> {
  if (!isAboutMoney(recorder.incident)) return;
  const money = await moneyOf(world, project, recorder.incident, ms);
  if ("spent" in money) await recorder.record(fact("spent", money.spent));
}

/** From the first bad reading to the end, or to now. */
async function readMoney(world: World, project: Project, incident: Incident): Promise<Money> {
  if (project.sources.length === 0) return { why: "llmops.yaml names no source" };
  const to = incident.resolvedAt ?? world.clock.now();
  const from = Math.max(onsetIn(incident) ?? incident.openedAt, to - longestMs);
  if (from >= to) return { why: "it just began" };
  const burn = await readBurn(world, project, incident, from, to);
  if ("why" in burn) return burn;
  const spent = reckon(burn, from, to, reliefs(incident.changes));
  return spent === undefined ? { why: "no cost per hour was read since it began" } : { spent };
}

async function readBurn(
  world: World,
  project: Project,
  { scope }: Incident,
  from: number,
  to: number,
): Promise<Burn | { why: string }> {
  const start = from - hourMs;
  const stepMs = Math.ceil(Math.max(15_000, project.windowMs / 5, (to - start) / mostReadings) / 1000) * 1000;
  const asked = { ask: { signal }, windowMs: Math.max(project.windowMs, stepMs) };
  const route = findRoute(asked, scope, Infinity, await measuring(project, world));
  if ("why" in route) return { why: route.why };
  const first = to - Math.floor((to - start) / stepMs) * stepMs;
  const [now, yesterday] = await Promise.all(
    [0, dayMs].map((ago) => route.source.range(route.whole.query, first - ago, to - ago, stepMs)),
  );
  if ("error" in now!) return { why: now.error };
  const rates = ratesOf(now!.data);
  const points = (all: readonly Rate[]) => all.map(({ at, perHour }) => ({ at, value: perHour }));
  const before = points(rates.filter(({ at }) => at <= from));
  const past = "error" in yesterday! ? [] : points(ratesOf(yesterday!.data));
  // all that was read before it began counts
  const baseline = usualOf(before, past, from + hourMs / 4, "usd/h");
  return { rates, stepMs, windowMs: route.windowMs, usual: "usual" in baseline ? baseline.usual.median : undefined };
}

/** Several series of one cost add up. */
function ratesOf(all: readonly Series[]): Rate[] {
  const rates = new Map<number, number>();
  for (const { points } of all)
    for (const { at, value } of points) if (Number.isFinite(value)) rates.set(at, (rates.get(at) ?? 0) + value);
  return [...rates].map(([at, perHour]) => ({ at, perHour })).toSorted((a, b) => a.at - b.at);
}
