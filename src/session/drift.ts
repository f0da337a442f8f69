import { Interrupted, messageOf } from "../errors.ts";
import { readChanges } from "../gather/changes.ts";
import { showDrift } from "../show/drift.ts";
import { tell } from "../show/tell.ts";
import { liveChanges, lastSeen, nameOf, standingAbove, type Placed } from "../timeline/changes.ts";
import { sayDeed } from "../timeline/deed.ts";
import { driftIn, hintOf, isAt } from "../timeline/drift.ts";
import { fact, type Fact, type Facts } from "../timeline/event.ts";
import type { Incident, Outline, TrackedChange } from "../timeline/incident.ts";
import type { Live } from "../timeline/live.ts";
import { openRecorder } from "../timeline/recorder.ts";
import { sameValue } from "../timeline/value.ts";
import { authorOf, readOutlines } from "./ledger.ts";
import { openLive } from "./live.ts";
import type { Watch } from "./watch.ts";

export interface DriftLook {
  /** reads the levers of all live changes once, all at once; what others made of them is recorded and told. Nothing is written there */
  look(): Promise<void>;
  close(): Promise<void>;
}

export async function openDriftLook(watch: Watch): Promise<DriftLook> {
  const { world, store } = watch;
  const levers = await openLive(world);
  /** lever of a change → when it was last read as it was made, ms */
  const seen = new Map<string, number>();
  return {
    async look() {
      const all = await readOutlines(store, world);
      const first = await levers.read(all, looked(all, world.clock.now()));
      tellSilent(first, watch);
      const suspects = [...first].filter(([placed, live]) => isNews(placed, live, seen)).map(([placed]) => placed);
      if (suspects.length === 0) return;
      // somebody may be at it with us: read again with what was recorded meanwhile, only what says so twice is so
      const anew = await readOutlines(store, world);
      const again = await levers.read(
        anew,
        suspects.flatMap((placed) => sameIn(anew, placed)),
      );
      for (const [placed, live] of again) {
        const before = [...first].find(([one]) => nameOf(one) === nameOf(placed))?.[1];
        if (before === undefined || !("value" in before) || !("value" in live)) continue;
        if (!sameValue(before.value, live.value) || !isNews(placed, live, seen)) continue;
        try {
          await recordDrift(placed, live, seen.get(nameOf(placed)), watch);
        } catch (thrown) {
          if (thrown instanceof Interrupted) throw thrown;
          const what = `! ${placed.incident.id} ${placed.tracked.change.id}: what others made of it is not recorded: ${messageOf(thrown)}`;
          if (watch.told.isNews(`${nameOf(placed)} drift`, what)) tell(world.terminal, what);
        }
      }
    },
    close: () => levers.close(),
  };
}

/** Live changes; one whose time is over is read by who ends it. */
function looked(all: readonly Outline[], now: number): Placed[] {
  return all.flatMap((incident) =>
    liveChanges(incident)
      .filter(({ endsAt }) => endsAt === undefined || endsAt > now)
      .map((tracked) => ({ incident, tracked })),
  );
}

function sameIn(all: readonly Outline[], { incident: { id }, tracked: { change } }: Placed): Placed[] {
  return all.flatMap((incident) =>
    incident.id !== id
      ? []
      : liveChanges(incident)
          .filter((tracked) => tracked.change.id === change.id)
          .map((tracked) => ({ incident, tracked })),
  );
}

function isNews(placed: Placed, live: Live, seen: Map<string, number>): boolean {
  const { change } = placed.tracked;
  if ("value" in live && sameValue(live.value, change.after)) seen.set(nameOf(placed), live.at);
  return driftIn(placed.tracked, live) !== undefined;
}

/** A target that is down is no drift; it is told once, until it answers again. */
function tellSilent(live: ReadonlyMap<Placed, Live>, { world, told }: Watch): void {
  const silent = new Map<string, { why: string; ones: Placed[] }>();
  for (const [one, found] of live) {
    const { target } = one.tracked.change;
    if (!("error" in found)) told.forget(`${target} silent`);
    else silent.set(target, { why: found.error, ones: [...(silent.get(target)?.ones ?? []), one] });
  }
  for (const [target, { why, ones }] of silent)
    if (told.isNews(`${target} silent`, why))
      tell(world.terminal, `? ${target}: ${why}. Whether ${ones.map(nameOf).join(", ")} still stands is not known.`);
}

/** Of two that watch, one records it. */
async function recordDrift(
  { incident: { id }, tracked }: Placed,
  live: Extract<Live, { value: unknown }>,
  seenAt: number | undefined,
  watch: Watch,
): Promise<void> {
  const { world, store, told } = watch;
  const { change } = tracked;
  const isDrift = driftIn(tracked, live) === "drifted";
  const since = Math.max(seenAt ?? 0, lastSeen(tracked));
  const who = isDrift ? await whoDid(tracked, live, since, watch) : {};
  const recorder = await openRecorder(store, id, authorOf(world));
  await recorder.recordFrom((incident) => factOf(incident, change.id, live, since, who));
  const now = recorder.incident.changes.find((one) => one.change.id === change.id)!;
  const said = isDrift ? JSON.stringify(live.value) : "restored";
  if ((now.drifted !== undefined) === isDrift && told.isNews(`${id} ${change.id} drift`, said))
    tell(world.terminal, ...showDrift({ incident: recorder.incident, tracked: now }, live.at));
}

function factOf(
  incident: Incident,
  id: string,
  live: Extract<Live, { value: unknown }>,
  seenAt: number,
  who: Who,
): Fact[] {
  const tracked = incident.changes.find(({ change }) => change.id === id);
  if (tracked === undefined || standingAbove({ incident, tracked }, [incident]) !== undefined) return [];
  const news = driftIn(tracked, live);
  if (news === undefined) return [];
  const told = { change: id, live: live.value };
  return news === "restored" ? [fact("restored", told)] : [fact("drifted", { ...told, seenAt, ...who })];
}

type Who = Pick<Facts["drifted"], "by" | "hint">;

/** What the project's own records of changes, the target or the value tell about it. What they do not say is not guessed. */
async function whoDid(tracked: TrackedChange, live: Live, since: number, watch: Watch): Promise<Who> {
  const { project, world } = watch;
  const at = world.clock.now();
  const asked = { id: "changes", ask: { ask: { changesMs: at - since } }, scope: {}, at, sinceMs: since };
  const { deeds = [] } = await readChanges(asked, at - since, { changes: project.changes, sources: [] });
  const mine = deeds.find((deed) => isAt(deed, tracked.change) === true);
  const told = mine ?? deeds.find((deed) => isAt(deed, tracked.change) === undefined);
  const hints = [
    ...(told === undefined ? [] : [`${told.source}: ${sayDeed(told, at)}`]),
    ...(hintOf(tracked, live) === undefined ? [] : [hintOf(tracked, live)!]),
  ];
  return {
    ...(mine?.who === undefined ? {} : { by: mine.who }),
    ...(hints.length === 0 ? {} : { hint: hints.join("; ") }),
  };
}
