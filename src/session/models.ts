import { join } from "node:path";
import { readModels, mergeModels } from "../models/catalogue.ts";
import type { Facts } from "../models/facts.ts";
import type { Project } from "../project.ts";
import type { World } from "../world/world.ts";

const read = new WeakMap<Project, Promise<ReadonlyMap<string, Facts>>>();

/** What is known of models by any of their names: the shipped catalogue, and what the project says over it. Read once. */
export function knownModels(project: Project, world: World): Promise<ReadonlyMap<string, Facts>> {
  const known = read.get(project) ?? readKnown(project, world);
  read.set(project, known);
  return known;
}

async function readKnown({ models, prices }: Project, world: World): Promise<ReadonlyMap<string, Facts>> {
  const file = join(world.home, "runbooks", "models", "catalogue.yaml");
  const text = (await world.files.read(file)) ?? "";
  return mergeModels(readModels(text, file).models ?? {}, models, prices);
}
