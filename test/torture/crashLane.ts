import { cpSync } from "node:fs";
import { join } from "node:path";
import { openConfigApi, type ConfigApi } from "./configApi.ts";
import type { Case } from "./crashCases.ts";
import { openPlace, projectOn, type Place } from "./place.ts";
import { countCalls, type Calls } from "./strace.ts";

/** One config API for one point at a time. */
export interface Lane {
  api: ConfigApi;
  place?: Place;
}

export async function openLane(): Promise<Lane> {
  const lane = {} as Lane;
  lane.api = await openConfigApi({
    documents: Object.fromEntries(original),
    witness: () => lane.place?.timeline() ?? "",
  });
  return lane;
}

export async function prepare(one: Case, lane: Lane): Promise<Prepared> {
  restore(lane.api, original);
  const template = openPlace(projectFor(lane, true));
  await one.prepare(template);
  const [incident = ""] = template.incidents();
  const known = { one, template, incident, documents: new Map(lane.api.documents) };
  const open = async () => ({ place: copyOf(known, lane), argv: one.argv(incident) });
  return { ...known, calls: await countCalls(open, one.outputs ?? []) };
}

/** A walk looks for a verdict every twentieth of the window; elsewhere such looks would only come between. */
function projectFor({ api }: Lane, walks: boolean): string {
  const project = projectOn(api.url, "runbooks: runbooks\n");
  return walks ? project.replace("defaults: {", "defaults: { window: 1s,") : project;
}

export function copyOf({ one, template, documents }: Omit<Prepared, "calls">, lane: Lane): Place {
  restore(lane.api, documents);
  const place = openPlace(projectFor(lane, one.walks === true));
  const project = join(template.folder, "llmops.yaml");
  cpSync(template.folder, place.folder, { recursive: true, filter: (from) => from !== project });
  return (lane.place = place);
}

function restore(api: ConfigApi, documents: ReadonlyMap<string, string>): void {
  api.journal.length = 0;
  api.documents.clear();
  for (const [path, text] of documents) api.documents.set(path, text);
}

/** A case, made once and copied for each of its points. */
export interface Prepared {
  one: Case;
  template: Place;
  incident: string;
  documents: ReadonlyMap<string, string>;
  calls: Calls;
}

/** The documents before anything is changed. */
export const original = new Map([
  ["/routes/support.reply", '{"max_tokens": 4096,\n "model": "big", "seed": 12345678901234567890, "enabled": true}'],
]);
