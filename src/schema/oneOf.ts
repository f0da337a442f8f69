import { z } from "zod";

/** Kinds by name, in the order of the documentation, each loaded when it is asked for. */
export type Kinds<K> = Readonly<Record<string, () => Promise<K>>>;

/** The names of all kinds, and the kinds themselves as far as they are needed. */
export interface Loaded<K> {
  names: readonly string[];
  kinds: ReadonlyMap<string, K>;
}

export function loadAll<K>(all: Kinds<K>): Promise<Loaded<K>> {
  return load(all, () => true);
}

/** Those that a section of the project file names: of `{ gateway: { consul: … } }` consul. A start pays for no others. */
export function loadNamed<K>(all: Kinds<K>, section: unknown): Promise<Loaded<K>> {
  const named = new Set(isMap(section) ? Object.values(section).filter(isMap).flatMap(Object.keys) : []);
  return load(all, (name) => named.has(name));
}

async function load<K>(all: Kinds<K>, isWanted: (name: string) => boolean): Promise<Loaded<K>> {
  const wanted = Object.entries(all).filter(([name]) => isWanted(name));
  const kinds = await Promise.all(wanted.map(async ([name, load]) => [name, await load()] as const));
  return { names: Object.keys(all), kinds: new Map(kinds) };
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** `{ kind: settings }` with exactly one kind of the list; in the value only those that are loaded may stand. */
export function oneOf<K extends { schema: z.ZodType }>({ names, kinds }: Loaded<K>) {
  const schemaOf = (name: string) => kinds.get(name)?.schema ?? z.unknown();
  const shape = Object.fromEntries(names.map((name) => [name, schemaOf(name).optional()]));
  return z.strictObject(shape).transform((given, context) => {
    const [kind = "", ...more] = Object.keys(given);
    if (kind === "" || more.length > 0)
      context.addIssue({ code: "custom", message: `expected exactly one of: ${names.join(", ")}` });
    return { kind, settings: given[kind], of: kinds.get(kind)! };
  });
}
