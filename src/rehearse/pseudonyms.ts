import type { Json } from "../document/tree.ts";
import { redact } from "../redact/redact.ts";
import { dimensions, type Dimension, type Scope } from "../timeline/scope.ts";

/** Dimensions whose names are people and customers. */
const personal: readonly Dimension[] = ["user", "tenant"];

export interface Pseudonyms {
  name(dimension: Dimension, name: string): string;
  scope(scope: Scope): Scope;
  /** whatever stands in a value: known names, and what looks like personal data or a secret */
  value(value: Json): Json;
}

/** `user-1`, `user-2` … in the place of users and tenants, the same for the same one. */
export function openPseudonyms(): Pseudonyms {
  const known = new Map<string, string>();
  const counts = new Map<Dimension, number>();
  const clean = (text: string) => redact(withoutNames(text, known), "all");
  const self: Pseudonyms = {
    name(dimension, name) {
      if (!personal.includes(dimension)) return redact(name, "all");
      const key = `${dimension} ${name}`;
      const nth = (counts.get(dimension) ?? 0) + 1;
      const said = known.get(key) ?? `${dimension}-${nth}`;
      if (!known.has(key)) counts.set(dimension, nth);
      known.set(key, said);
      return said;
    },
    scope: (scope) =>
      Object.fromEntries(dimensions.flatMap((d) => (scope[d] === undefined ? [] : [[d, self.name(d, scope[d])]]))),
    value(value) {
      if (typeof value === "string") return clean(value);
      if (Array.isArray(value)) return value.map(self.value);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [clean(key), self.value(one)] as const));
    },
  };
  return self;
}

function withoutNames(text: string, known: ReadonlyMap<string, string>): string {
  return [...known].reduce((clean, [key, said]) => {
    const name = key.slice(key.indexOf(" ") + 1);
    return name.length < 3 ? clean : clean.replaceAll(name, () => said);
  }, text);
}
