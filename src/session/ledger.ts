import { didYouMean, exit, UserError } from "../errors.ts";
import type { Project } from "../project.ts";
import { verifyChain, type Author } from "../timeline/chain.ts";
import { openFileStore } from "../timeline/fileStore.ts";
import { foldIncident } from "../timeline/fold.ts";
import type { Incident } from "../timeline/incident.ts";
import type { Store } from "../timeline/store.ts";
import type { World } from "../world/world.ts";

export function openStore(world: World, project: Project): Store {
  return openFileStore(world, project.timelineFolder);
}

export function authorOf(world: World): Author {
  return { by: world.user, host: world.host };
}

/** Every incident of the store, oldest first. */
export async function readIncidents(store: Store): Promise<Incident[]> {
  const ids = await store.list();
  return Promise.all(ids.map(async (id) => foldIncident((await store.read(id)).events)));
}

/** One incident, with what is wrong with its record in words. */
export async function readIncident(store: Store, id: string): Promise<{ incident: Incident; damage: string[] }> {
  const { events, bad } = await store.read(id);
  const broken = verifyChain(events);
  const damage = [
    ...bad.map(({ line, why }) => `line ${line} of ${store.place(id)}/timeline.jsonl is ${why}`),
    ...(broken === undefined ? [] : [broken.why]),
  ];
  return { incident: foldIncident(events), damage };
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
  const all = (await readIncidents(store)).filter((incident) => incident.kind !== "change" || named !== undefined);
  if (named !== undefined) return findNamed(named, all);
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

function findNamed(named: string, all: Incident[]): string {
  const exact = all.find(({ id }) => id === named);
  if (exact !== undefined) return exact.id;
  const [match, ...more] = all.filter(({ id }) => named.length >= 3 && id.endsWith(named));
  if (match !== undefined && more.length === 0) return match.id;
  const ids = all.map(({ id }) => id);
  throw new UserError({
    what: `There is no incident ${JSON.stringify(named)} here${didYouMean(named, ids)}`,
    next: "llmops incident list",
    code: exit.usage,
  });
}
