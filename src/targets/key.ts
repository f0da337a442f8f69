import { Buffer } from "node:buffer";
import { addressSchema } from "./lever.ts";

/** One value of a scope inside a key: always one segment of it, and no two values make the same key. */
export function encodeSegment(value: string): string {
  return value.replace(/[%/]/g, encodeURIComponent);
}

function decodeSegment(segment: string): string {
  return segment.replace(/%(25|2F)/g, decodeURIComponent);
}

/** `fits` says more of what a key may be than that it is not empty. */
export const keySchema = (fits: (key: string) => boolean = () => true) =>
  addressSchema((key) => key !== "" && fits(key), "a key like llm/{route}/enabled");

/** The values of a dimension, each once, that stand directly below a prefix in these keys. */
export function segmentsBelow(prefix: string, keys: readonly string[]): string[] {
  const below = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length).split("/")[0]!);
  return [...new Set(below.filter((segment) => segment !== "").map(decodeSegment))];
}

export function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** undefined: what it holds is no text in UTF-8, or it is no base64 */
export function fromBase64(base64: string): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
