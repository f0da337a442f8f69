import type { Json, Value } from "../document/tree.ts";

export type { Json, Value };

export const absent: Value = { absent: true };

export function sameValue(a: Value, b: Value): boolean {
  return canonical(a) === canonical(b);
}

/** As shown in a plan: `4096`, `"gpt-4o"`, `absent`. */
export function sayValue(value: Value): string {
  if ("absent" in value) return "absent";
  return value.exact ?? JSON.stringify(value.is);
}

function canonical(value: Value): string {
  return "absent" in value ? "absent" : (value.exact ?? sorted(value.is));
}

function sorted(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(sorted).join(",")}]`;
  if (json === null || typeof json !== "object") return JSON.stringify(json);
  const keys = Object.keys(json).sort();
  return `{${keys.map((k) => `${JSON.stringify(k)}:${sorted(json[k]!)}`).join(",")}}`;
}
