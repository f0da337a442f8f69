import type { Expected } from "../timeline/probe.ts";
import type { Value } from "../timeline/value.ts";

/** An answer must report the new name, and not the one of before. */
export function reportsName(what: "model" | "provider", before: Value, after: Value): Expected | undefined {
  const name = (value: Value) => ("is" in value && typeof value.is === "string" ? [value.is] : []);
  const [is, was] = [name(after), name(before).filter((one) => !name(after).includes(one))];
  return is.length === 0 ? undefined : { reports: what, is, was };
}
