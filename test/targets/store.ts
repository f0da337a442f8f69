import type { Entry, KeyValue, Put } from "../../src/targets/keyValue.ts";

export interface FakeStore extends KeyValue {
  texts: Map<string, string>;
  puts: Put[];
  gets: string[];
}

/** Texts at addresses in memory, with a version that grows with every write to any of them. */
export function fakeStore(given: Record<string, string>, conditional = true): FakeStore {
  const texts = new Map(Object.entries(given));
  const puts: Put[] = [];
  const gets: string[] = [];
  let version = 1;
  const told = (): string | null => (conditional ? String(version) : null);
  return {
    kind: "fake",
    says: "fake store",
    format: "json",
    texts,
    puts,
    gets,
    encode: (value) => value.replaceAll("/", "%2F"),
    async get(address): Promise<Entry | { error: string; missing?: true }> {
      gets.push(address);
      return { text: texts.get(address) ?? null, version: told(), identity: `fake store, index ${version}` };
    },
    async put(put) {
      puts.push(put);
      version++;
      if (put.text === null) texts.delete(put.address);
      else texts.set(put.address, put.text);
      return { written: true, version: told() };
    },
    list: async (prefix) => [
      ...new Set(
        [...texts.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length).split("/")[0]!),
      ),
    ],
    check: async () => ({ ok: true, say: "ok", ms: 0 }),
  };
}
