import type { ConfigApi } from "./configApi.ts";
import { intentsIn, isCarried, pathOf, say, valueIn, type Intent } from "./intents.ts";
import { runIn, violationsBy, type Scene } from "./invariants.ts";
import type { Going } from "./place.ts";

/** What the program tells of itself. */
export interface Told {
  /** `mitigation list --json` */
  carried: { incident: string; id: string; state: string; undoes?: string }[];
  /** `incident show --json` of each, where it was asked for */
  incidents: { incident: string; state: string; damage: string[] }[];
}

/** Reads what the program tells of itself; it must work after every crash and change nothing. */
export async function askIn(scene: Scene, going: Going, show: boolean): Promise<{ told: Told; violations: string[] }> {
  const violations: string[] = [];
  const ask = async (code: number, ...argv: string[]) => {
    const ran = await runIn(scene, argv, going);
    violations.push(...violationsBy(ran, scene));
    if (ran.writes.length > 0) violations.push(`I3 llmops ${argv.join(" ")} changed production`);
    if (ran.ended.code !== code)
      violations.push(`I3 llmops ${argv.join(" ")}: exit ${ran.ended.code}: ${ran.ended.stdout}${ran.ended.stderr}`);
    return ran.ended.stdout;
  };
  const list = JSON.parse(await ask(0, "mitigation", "list", "--json")) as { changes: Told["carried"] };
  const told: Told = { carried: list.changes, incidents: [] };
  if (show) {
    const isDoubtful = told.carried.some(({ state }) => state === "in-doubt");
    if (isDoubtful && !(await ask(0, "mitigation", "list")).includes("IN DOUBT"))
      violations.push("I3 a change is in doubt, and the list for people does not say so");
    for (const id of scene.place.incidents().filter((one) => scene.place.timeline(one).includes("\n"))) {
      const torn = !scene.place.timeline(id).endsWith("\n");
      const shown = JSON.parse(await ask(torn ? 1 : 0, "incident", "show", id, "--json")) as Told["incidents"][number];
      told.incidents.push(shown);
      if (shown.damage.length !== (torn ? 1 : 0))
        violations.push(`I4 ${id} is told as damaged: ${shown.damage.join()}`);
    }
  }
  return { told, violations: [...violations, ...standing(told, scene)] };
}

/** I1 and I3: what the program says that stands is what stands; an intent without an end is in doubt, and said so. */
function standing({ carried }: Told, { place, api, original }: Scene): string[] {
  const all = place.incidents().flatMap((id) => intentsIn(place.timeline(id)));
  const wrong = all.flatMap((intent) => {
    const wanted = isCarried(intent) ? intent.state : "nothing";
    const listed = carried.find(({ incident, id }) => incident === intent.incident && id === intent.id)?.state;
    if (wanted === (listed ?? "nothing")) return [];
    return [`${wanted === "in-doubt" ? "I3" : "I1"} ${intent.key} is ${wanted} on the timeline, listed as ${listed}`];
  });
  const invented = carried.filter(({ incident, id }) => !all.some(({ key }) => key === `${incident} ${id}`));
  wrong.push(...invented.map(({ incident, id }) => `I1 ${incident} ${id} is listed and was never intended`));
  return [...wrong, ...unlike(all, api, original)];
}

/** Where nobody else changes a lever, the timeline says what stands there: one value, or two while one is in doubt. */
function unlike(all: Intent[], api: ConfigApi, original: ReadonlyMap<string, string>): string[] {
  const levers = new Map(all.map(({ change }) => [`${pathOf(change)} ${change.setting}`, change]));
  return [...levers].flatMap(([lever, change]) => {
    const path = pathOf(change);
    const wanted = all
      .filter((one) => `${pathOf(one.change)} ${one.change.setting}` === lever && one.state !== "not-applied")
      .toSorted((a, b) => a.at - b.at)
      .reduce(
        (possible, { state, change: { after } }) => (state === "in-doubt" ? [...possible, say(after)] : [say(after)]),
        [say(valueIn(original.get(path), change.setting))],
      );
    const live = say(valueIn(api.documents.get(path), change.setting));
    return wanted.includes(live) ? [] : [`I1 ${lever} is ${live}, and the timeline says ${wanted.join(" or ")}`];
  });
}

/** I12: with nothing live any more every document is what it was, byte by byte. */
export function notRestored({ place, api, original }: Scene): string[] {
  const left = place.incidents().flatMap((id) => intentsIn(place.timeline(id)).filter(isCarried));
  if (left.length > 0) return [`I12 ${left.map(({ key }) => key).join(", ")} still live after the undo`];
  return [...original].flatMap(([path, text]) =>
    api.documents.get(path) === text
      ? []
      : [`I12 ${path} is ${api.documents.get(path)} after the undo, and was ${text}`],
  );
}

/** What of it is undone to restore everything, the latest first: an undo in doubt is settled with what it undoes. */
export function undosFor({ carried }: Told): string[][] {
  return carried
    .filter(({ undoes }) => undoes === undefined)
    .toReversed()
    .map(({ incident, id }) => ["mitigation", "undo", id, "--incident", incident, "--reason", "over", "--yes"]);
}
