import { readAt } from "../document/edit.ts";
import { sayValue } from "../timeline/value.ts";

/** A text or a number of a JSON answer, as it is written there, however large; undefined where there is none, or null. */
export function fieldOf(body: string, pointer: string): string | undefined {
  const read = readAt(body, "json", pointer);
  if ("error" in read || "absent" in read.value || read.value.is === null) return undefined;
  return typeof read.value.is === "string" ? read.value.is : sayValue(read.value);
}
