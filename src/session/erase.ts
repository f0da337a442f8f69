import { formatDuration, parseDuration } from "../duration.ts";
import { exit, UserError, type ExitCode } from "../errors.ts";
import { openProject } from "../project.ts";
import { tell } from "../show/tell.ts";
import { describe } from "../timeline/describe.ts";
import { canErase } from "../timeline/erase.ts";
import type { Event, UnknownEvent } from "../timeline/event.ts";
import type { Incident } from "../timeline/incident.ts";
import { sayMoment } from "../timeline/moment.ts";
import type { World } from "../world/world.ts";
import { authorOf, chooseIncident, openStore, readIncident } from "./ledger.ts";

export interface Erasing {
  incident: string | undefined;
  /** a duration; left out: the project's retention */
  before: string | undefined;
  seq: string | undefined;
  yes: boolean;
}

/** `llmops incident erase`: the content of records that only tell something, for good. */
export async function eraseFromIncident(world: World, asked: Erasing): Promise<ExitCode> {
  const project = await openProject(world);
  const store = openStore(world, project);
  const id = await chooseIncident(asked.incident, store, world, "too");
  const incident = await readIncident(store, id);
  const { events, reason } =
    asked.seq === undefined
      ? outdated(incident, asked.before, world.clock.now(), project.samples.retentionMs)
      : oneOf(incident, asked.seq);
  if (events.length === 0) {
    tell(world.terminal, `${id}: there is nothing to erase (${reason}).`);
    return exit.done;
  }
  const list = events.map((event) => `  #${event.seq} ${sayMoment(event.at, incident.openedAt)} ${describe(event)}`);
  tell(world.terminal, `Erased for good from ${id}, ${reason}:`, ...list);
  if (!asked.yes) {
    const typed = (await world.terminal.line("Type y to erase it, Enter to leave it:")).trim().toLowerCase();
    if (typed !== "y" && typed !== "yes") {
      tell(world.terminal, "Nothing is erased.");
      return exit.refused;
    }
  }
  const erased = await store.erase(
    id,
    events.map(({ seq }) => seq),
    reason,
    authorOf(world),
  );
  tell(world.terminal, `${id}: ${sayErased(erased)}; llmops incident check ${id} names it.`);
  return exit.done;
}

/** "the content of 2 records is erased" */
export function sayErased(events: readonly Event[]): string {
  return events.length === 1
    ? "the content of 1 record is erased"
    : `the content of ${events.length} records is erased`;
}

interface Chosen {
  events: (Event | UnknownEvent)[];
  reason: string;
}

function outdated({ events, quoted }: Incident, before: string | undefined, now: number, usualMs: number): Chosen {
  const ms = before === undefined ? usualMs : parseDuration(before);
  if (ms === undefined)
    throw new UserError({ what: `--before ${before} is no duration.`, next: "like 3d or 12h", code: exit.usage });
  const old = new Set(quoted.filter(({ at }) => at <= now - ms).map(({ seq }) => seq));
  return { events: events.filter(({ seq }) => old.has(seq)), reason: `older than ${formatDuration(ms)}` };
}

function oneOf({ events, id }: Incident, named: string): Chosen {
  const reason = "asked for by number";
  const event = events.find(({ seq }) => String(seq) === named.replace(/^#/, ""));
  if (event === undefined)
    throw new UserError({
      what: `${id} has no record ${JSON.stringify(named)}.`,
      next: `llmops incident show ${id}`,
      code: exit.usage,
    });
  if (event.payload === null) return { events: [], reason: `#${event.seq} has no content any more` };
  if (canErase(event)) return { events: [event], reason };
  throw new UserError({
    what: `#${event.seq} is a record of "${event.type}": what the incident is, and what is live, is read from it. It stays.`,
    next: "notes, messages, and what calls said can be erased",
    code: exit.usage,
  });
}
