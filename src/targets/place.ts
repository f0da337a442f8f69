import { z } from "zod";
import { readAt } from "../document/edit.ts";
import { shorten } from "../harmless.ts";
import { sayValue } from "../timeline/value.ts";
import type { KeyValue } from "./keyValue.ts";
import { addressSchema, pointerSchema } from "./lever.ts";
import type { Target } from "./target.ts";

/** Where the server itself tells which environment it is, and which one this target must be. */
export const placeSchema = (fits: (address: string) => boolean) =>
  z.strictObject({
    at: addressSchema(fits, "a path below url, like /info"),
    pointer: pointerSchema.optional(),
    is: z.string().min(1).max(60),
  });
export type Place = z.output<ReturnType<typeof placeSchema>>;

type Asked = Pick<KeyValue, "get" | "format" | "says">;

/** A target of which nothing is read or written unless the server says that it is the place that is meant. */
export function onlyAt(place: Place, target: Target, store: Asked): Target {
  const wrong = async (): Promise<string | undefined> => {
    const told = await ask(place, store);
    if ("error" in told) return `${store.says}${place.at} does not tell which environment it is: ${told.error}`;
    if (told.place === place.is) return undefined;
    return `${store.says} says that it is ${shorten(JSON.stringify(told.place), 60)}, not ${place.is}`;
  };
  return {
    ...target,
    async read(setting, scope) {
      const why = await wrong();
      if (why !== undefined) return { error: why };
      const read = await target.read(setting, scope);
      return "error" in read ? read : { ...read, place: place.is };
    },
    async write(change, cause) {
      const why = await wrong();
      return why === undefined ? target.write(change, cause) : { refused: true, why };
    },
    async check() {
      const reach = await target.check();
      const why = reach.ok ? await wrong() : undefined;
      return why === undefined ? reach : { ...reach, ok: false, say: why };
    },
  };
}

async function ask({ at, pointer }: Place, store: Asked): Promise<{ place: string } | { error: string }> {
  const got = await store.get(at);
  if ("error" in got) return { error: got.error };
  if (pointer === undefined) return { place: (got.text ?? "").trim() };
  const read = readAt(got.text ?? "", store.format, pointer);
  if ("error" in read) return read;
  if ("absent" in read.value) return { error: `it has no ${pointer}` };
  return { place: typeof read.value.is === "string" ? read.value.is : sayValue(read.value) };
}
