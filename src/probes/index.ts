import type { World } from "../world/world.ts";
import type { Probe } from "./probe.ts";
import type { ProbeSettings } from "./schema.ts";

export type { Probe } from "./probe.ts";

export async function openProbes(
  set: Readonly<Record<string, ProbeSettings>>,
  world: World,
  folder: string,
): Promise<Probe[]> {
  const named = Object.entries(set);
  if (named.length === 0) return [];
  const { openProbe } = await import("./openProbe.ts");
  return named.map(([name, settings]) => openProbe(name, settings, world, folder));
}

/** What shows the changes of a target: the probe of its name, else the only one there is. Nobody's order decides. */
export function probeFor(probes: readonly Probe[], target: string): Probe | undefined {
  return probes.find(({ name }) => name === target) ?? (probes.length === 1 ? probes[0] : undefined);
}
