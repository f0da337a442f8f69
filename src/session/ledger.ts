import { didYouMean, exit, messageOf, UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import { tell } from "../show/tell.ts";
import type { Author } from "../timeline/chain.ts";
import { changesInDoubt, liveChanges } from "../timeline/changes.ts";
import { openFileStore } from "../timeline/fileStore.ts";
import { foldIncident } from "../timeline/fold.ts";
import type { Incident, Outline } from "../timeline/incident.ts";
import { owedRestarts } from "../timeline/restart.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";

export function openStore(world: World, project: Project): Store {
  return openFileStore(world, project.timelineFolder);
}

export function authorOf(world: World): Author {
  return { by: world.user, host: world.host };
}

/** "INC-1121-7f3k": the day and four characters that nobody else draws. */
export function newId(prefix: "INC" | "CHG" | "DRILL", world: World): string {
  const day = new Date(world.clock.now()).toISOString();
  return `${prefix}-${day.slice(5, 7)}${day.slice(8, 10)}-${world.random.id(4)}`;
}

/**
 * Every incident of the store, oldest first, as far as it can be read: what is damaged is named to people, once, and the
 * others are there all the same.
 */
export async function readOutlines(store: Store, world: World): Promise<Outline[]> {
  const outlines: Outline[] = [];
  for (const id of await store.list()) {
    try {
      const found = await store.outline(id);
      if (found === undefined) continue;
      const outline = { ...found, id };
      outlines.push(outline);
      sayDamage(outline, store, world);
    } catch (thrown) {
      sayOnce(store, world, id, `! ${id} is left out: ${messageOf(thrown)}`);
    }
  }
  return outlines.sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
}

/** Whole, those that somebody must still do something about: open ones, and those whose changes production carries, or does not see. */
export async function readStanding(store: Store, world: World): Promise<Incident[]> {
  const standing = (await readOutlines(store, world)).filter(
    (one) =>
      one.state === "open" || liveChanges(one).length + changesInDoubt(one).length + owedRestarts([one]).length > 0,
  );
  return Promise.all(standing.map(({ id }) => readIncident(store, id)));
}

/** What is wrong with its record is never kept quiet. */
export function sayDamage({ id, damage }: Outline, store: Store, world: World): void {
  const [first, ...more] = damage;
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  sayOnce(store, world, id, `! The record of ${id} is damaged: ${first}${others}`, `  llmops incident check ${id}`);
}

const said = new WeakMap<Store, Set<string>>();

function sayOnce(store: Store, world: World, id: string, ...lines: string[]): void {
  const known = said.get(store) ?? new Set();
  said.set(store, known);
  if (known.has(id)) return;
  known.add(id);
  tell(world.terminal, ...lines);
}

/** One incident, whole. */
export async function readIncident(store: Store, id: string): Promise<Incident> {
  const { events, findings } = await store.read(id);
  return { ...foldIncident(events, findings), id };
}

/**
 * The incident that is meant: the one named (a unique end of its id is enough), else the only open one, else asked.
 * `closed`: closed ones count too, the latest first.
 */
export async function chooseIncident(
  named: string | undefined,
  store: Store,
  world: World,
  closed: "too" | "not" = "not",
): Promise<string> {
  if (named !== undefined) return findNamed(named, await store.list());
  const all = (await readOutlines(store, world)).filter((incident) => incident.kind !== "change");
  const open = all.filter((incident) => incident.state !== "closed");
  const candidates = open.length > 0 || closed === "not" ? open : all.slice(-1);
  const [only, ...more] = candidates;
  if (only === undefined)
    throw new UserError({ what: "No incident is open.", next: "llmops incident start", code: exit.usage });
  if (more.length === 0) return only.id;
  if (!world.terminal.interactive) {
    const ids = candidates.map(({ id }) => id).join(", ");
    throw new UserError({ what: `Several incidents are open: ${ids}.`, next: "name one", code: exit.usage });
  }
  const choices = candidates.map(({ id, title }) => ({ value: id, label: `${id}  ${title}` }));
  const answer = await world.terminal.menu({ question: "Which incident?", choices, keys: {} });
  return "value" in answer ? answer.value : only.id;
}

function findNamed(named: string, ids: readonly string[]): string {
  if (ids.includes(named)) return named;
  const [match, ...more] = ids.filter((id) => named.length >= 3 && id.endsWith(named));
  if (match !== undefined && more.length === 0) return match;
  throw new UserError({
    what: `There is no incident ${JSON.stringify(named)} here${didYouMean(named, ids)}`,
    next: "llmops incident list",
    code: exit.usage,
  });
}
