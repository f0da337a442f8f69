import { parseDocument, type Finding } from "../document/document.ts";
import { checkSchema } from "../schema/schema.ts";
import { catalogueSchema, type Facts } from "./facts.ts";

export function readModels(text: string, file: string): { models?: Record<string, Facts>; findings: Finding[] } {
  const { document, findings } = parseDocument(text, file);
  if (document === undefined) return { findings };
  const checked = checkSchema(catalogueSchema, document, "models");
  return checked.value === undefined
    ? { findings: checked.findings }
    : { models: checked.value, findings: checked.findings };
}

/**
 * All models by each of their names. What a project says of one lies over the catalogue, figure by figure; its prices, kept
 * apart because costs are reckoned by them, over both.
 */
export function mergeModels(
  shipped: Record<string, Facts>,
  own: Record<string, Facts>,
  prices: Record<string, NonNullable<Facts["price"]>>,
): Map<string, Facts> {
  const byName = new Map<string, Facts>();
  for (const [name, facts] of Object.entries(shipped))
    for (const one of [name, ...(facts.aliases ?? [])]) byName.set(one, withNames(facts, name));
  for (const [name, facts] of Object.entries(own)) {
    const merged = withNames({ ...byName.get(name), ...facts }, name);
    for (const one of [name, ...(facts.aliases ?? [])]) byName.set(one, merged);
  }
  for (const [name, price] of Object.entries(prices)) byName.set(name, { ...byName.get(name), price });
  return byName;
}

/** All of its names, whichever one it is looked up by. */
function withNames(facts: Facts, name: string): Facts {
  return { ...facts, aliases: [...new Set([name, ...(facts.aliases ?? [])])] };
}
