import { z } from "zod";
import type { World } from "../world/world.ts";
import { openProbe } from "./openProbe.ts";
import type { Probe } from "./probe.ts";
import { probeSchema, type ProbeSettings } from "./schema.ts";

export type { Probe } from "./probe.ts";

/** `probes` in `llmops.yaml`: requests through a gateway that show whether a change is in effect. */
export const probesSchema = z.record(z.string(), probeSchema);

export function openProbes(set: Readonly<Record<string, ProbeSettings>>, world: World, folder: string): Probe[] {
  return Object.entries(set).map(([name, settings]) => openProbe(name, settings, world, folder));
}

/** What shows the changes of a target: the probe of its name, else the only one there is. Nobody's order decides. */
export function probeFor(probes: readonly Probe[], target: string): Probe | undefined {
  return probes.find(({ name }) => name === target) ?? (probes.length === 1 ? probes[0] : undefined);
}
