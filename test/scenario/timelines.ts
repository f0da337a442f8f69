import { expect } from "vitest";
import { verifyChain } from "../timeline/verify.ts";
import type { Event } from "../../src/timeline/event.ts";
import { foldIncident } from "../../src/timeline/fold.ts";
import type { Incident } from "../../src/timeline/incident.ts";
import type { Stage } from "./stage.ts";

export interface Told {
  id: string;
  events: Event[];
  incident: Incident;
}

/** Every timeline of the stage, each with a chain that holds, in the order in which they were opened. */
export async function timelines({ world }: Stage): Promise<[Told, ...Told[]]> {
  const folder = `${world.cwd}/.llmops/incidents`;
  const all = await Promise.all(
    (await world.files.list(folder)).map(async (id) => {
      const text = (await world.files.read(`${folder}/${id}/timeline.jsonl`))!;
      const lines = text.trimEnd().split("\n");
      const events = lines.map((line) => JSON.parse(line) as Event);
      expect(verifyChain(events)).toBeUndefined();
      return { id, events, incident: foldIncident(events) };
    }),
  );
  return all.sort((a, b) => a.incident.openedAt - b.incident.openedAt) as [Told, ...Told[]];
}

/** Keeps only the first records of a timeline, as if the process had died after the last of them. */
export async function cutAfter({ world }: Stage, id: string, type: Event["type"]): Promise<void> {
  const file = `${world.cwd}/.llmops/incidents/${id}/timeline.jsonl`;
  const lines = (await world.files.read(file))!.trimEnd().split("\n");
  const upTo = lines.findLastIndex((line) => line.includes(`"type":"${type}"`)) + 1;
  await world.files.replace(file, `${lines.slice(0, upTo).join("\n")}\n`);
}
