import { z } from "zod";
import { readTime } from "../sources/httpNumber.ts";
import type { Deed } from "../timeline/deed.ts";

/** Who last wrote a config map and when, as the API server keeps it. Its values are not looked at: they may be secret. */
export const configMap = z.object({
  metadata: z.object({
    name: z.string(),
    managedFields: z
      .array(
        z.object({ manager: z.string().default(""), time: z.string().optional(), fieldsV1: z.unknown().optional() }),
      )
      .default([]),
  }),
});

/** Each writer is known with its last write only. */
export function deedsOfMap({ metadata: { name, managedFields } }: z.output<typeof configMap>): Deed[] {
  return managedFields.flatMap(({ manager, time, fieldsV1 }) => {
    const at = readTime(time);
    const keys = keysIn(fieldsV1);
    if (at === undefined || keys.length === 0) return [];
    return [
      { at, what: `config map ${name} written: ${keys.join(", ")}`, ...(manager === "" ? {} : { who: manager }) },
    ];
  });
}

function keysIn(fields: unknown): string[] {
  const { data } = z.object({ "f:data": z.record(z.string(), z.unknown()) }).safeParse(fields);
  return Object.keys(data?.["f:data"] ?? {}).flatMap((key) => (key.startsWith("f:") ? [key.slice(2)] : []));
}
