/** Metric name, or its beginning and "*" → dimension → label. */
export type Families = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The family of a metric: its own name, else the longest beginning that is listed with a "*". */
export function familyOf(families: Families, metric: string): Families[string] | undefined {
  if (Object.hasOwn(families, metric)) return families[metric];
  const fitting = Object.keys(families).filter((key) => key.endsWith("*") && metric.startsWith(key.slice(0, -1)));
  const longest = fitting.reduce((a, b) => (b.length > a.length ? b : a), "");
  return longest === "" ? undefined : families[longest];
}

/** The other names of a metric; `all`: beginning of a name → what else it is. */
export function spellings(all: Readonly<Record<string, readonly string[]>>, metric: string): string[] {
  return Object.entries(all).flatMap(([name, others]) => {
    const rest = metric.slice(name.length);
    return metric.startsWith(name) && /^(_(sum|count|bucket))?$/.test(rest) ? others.map((other) => other + rest) : [];
  });
}
