import { readFileSync } from "node:fs";
import { readCatalogue, readStack, type Catalogue, type SignalOverrides, type Stack } from "../../src/signals/stack.ts";
import type { Prices } from "../../src/signals/prices.ts";
import type { Dimension } from "../../src/timeline/scope.ts";

const shipped = (name: string) => ({
  file: name,
  text: readFileSync(new URL(`../../runbooks/signals/${name}`, import.meta.url), "utf8"),
});

export function shippedCatalogue(): Catalogue {
  const { catalogue, findings } = readCatalogue(shipped("catalogue.yaml"));
  if (catalogue === undefined || findings.length > 0) throw new Error(JSON.stringify(findings));
  return catalogue;
}

/** A shipped stack, as a project with these overrides would have it. */
export function shippedStack(
  name: string,
  overrides: SignalOverrides = {},
  dimensions: Partial<Record<Dimension, string>> = {},
  prices: Prices = {},
): Stack {
  const { stack, findings } = readStack({
    catalogue: shippedCatalogue(),
    stack: shipped(`${name}.yaml`),
    overrides,
    dimensions,
    prices,
  });
  if (stack === undefined || findings.length > 0) throw new Error(JSON.stringify(findings));
  return stack;
}
