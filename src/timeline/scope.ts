/** What an incident or a change is about. One value each; `{}` is everything. */
export const dimensions = ["route", "tenant", "user", "model", "provider", "tier", "env", "region"] as const;
export type Dimension = (typeof dimensions)[number];
export type Scope = { readonly [D in Dimension]?: string };

export function isDimension(word: string): word is Dimension {
  return (dimensions as readonly string[]).includes(word);
}

/** "route support.reply, tenant acme" or "everything". */
export function sayScope(scope: Scope): string {
  const parts = dimensions.flatMap((d) => (scope[d] === undefined ? [] : [`${d} ${scope[d]}`]));
  return parts.length === 0 ? "everything" : parts.join(", ");
}

/** True when everything inside `inner` is inside `outer` too. */
export function covers(outer: Scope, inner: Scope): boolean {
  return dimensions.every((d) => outer[d] === undefined || outer[d] === inner[d]);
}
